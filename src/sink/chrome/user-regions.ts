import { NONE } from "../../base/ids.js";
import type { EncodedText } from "../../bytes/encoded-text.js";
import { argument, CUT, type EventWriter, headTail, NO_BEGINNING, NO_END } from "./event-writer.js";
import type { EndOnRow } from "./inner-slices.js";

const BEGIN = headTail("go.region", "b");
const END = headTail("go.region", "e");
const TASK = argument("task");
/** Bytes that end a cut one, with a name of some length. */
const END_BYTES = 240;

interface Region {
  readonly type: string;
  readonly task: number;
  readonly id: number;
}

/** User regions, as async slices of the goroutines' processes: these need not nest with states or each other. */
export class UserRegions {
  readonly #events: EventWriter;
  readonly #endOnRow: EndOnRow;
  /** By slot of the goroutine, the innermost last. */
  readonly #open = new Map<number, Region[]>();
  #last = 0;
  #openCount = 0;

  constructor(events: EventWriter, endOnRow: EndOnRow) {
    this.#events = events;
    this.#endOnRow = endOnRow;
  }

  /**
   * @param stack number of the stack; 0 is none
   * @param isOld whether it began before the part of the trace
   */
  begin(slot: number, type: string, task: number, time: number, stack: number, isOld: boolean): void {
    const region = this.#begin(slot, type, task, time, stack, isOld);
    this.#openCount++;
    const open = this.#open.get(slot);
    if (open === undefined) this.#open.set(slot, [region]);
    else open.push(region);
  }

  /** A region ends. @param within number of regions open within it; −1 if it began before the trace */
  end(slot: number, type: string, task: number, time: number, within: number, stack: number): void {
    const open = this.#open.get(slot) ?? [];
    const at = within < 0 ? NONE : open.length - 1 - within;
    const region = at < 0 ? this.#begin(slot, type, task, 0, 0, true) : (open[at] as Region);
    if (at >= 0) {
      open.splice(at, 1);
      this.#openCount--;
    }
    if (open.length === 0) this.#open.delete(slot);
    this.#head(type, END, time, region.id);
    this.#events.stack(stack);
    this.#endOnRow(slot);
  }

  /** About how many bytes the ends of open regions take. */
  get pending(): number {
    return this.#openCount * END_BYTES;
  }

  /** Ends a goroutine's regions. @param isCut whether the trace ends */
  finish(slot: number, time: number, isCut: boolean): void {
    for (const { type, id } of this.#open.get(slot)?.reverse() ?? []) {
      this.#head(type, END, time, id);
      if (isCut) {
        this.#events.argument(CUT);
        this.#events.put(NO_END);
      }
      this.#openCount--;
      this.#endOnRow(slot);
    }
    this.#open.delete(slot);
  }

  #begin(slot: number, type: string, task: number, time: number, stack: number, isOld: boolean): Region {
    const events = this.#events;
    const id = ++this.#last;
    this.#head(type, BEGIN, time, id);
    events.stack(stack);
    if (task > 0) {
      events.argument(TASK);
      events.number(task);
    }
    if (isOld) {
      events.argument(CUT);
      events.put(NO_BEGINNING);
    }
    this.#endOnRow(slot);
    return { type, task, id };
  }

  #head(type: string, tail: EncodedText, time: number, id: number): void {
    const events = this.#events;
    events.beginText(type, tail);
    events.time(time);
    events.localId(id);
  }
}
