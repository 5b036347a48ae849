import type { EncodedText } from "../../bytes/encoded-text.js";
import { SliceName } from "../slice-names.js";
import { CUT, type EventWriter, head, NO_BEGINNING, NO_END, place } from "./event-writer.js";
import { Lane, Process } from "./processes.js";

const GC = head(SliceName.Gc, "go.gc", "X");

interface Open {
  readonly since: number;
  readonly stack: number;
  readonly isOld: boolean;
}

/** A row of the runtime's own, on which slices do not overlap. */
class RuntimeRow {
  readonly #events: EventWriter;
  readonly #place: EncodedText;
  readonly #open = new Map<EncodedText, Open>();
  #taken = 0;

  constructor(events: EventWriter, lane: number) {
    this.#events = events;
    this.#place = place(Process.Runtime, lane);
  }

  begin(text: EncodedText, since: number, stack: number, isOld = false): void {
    this.#open.set(text, { since, stack, isOld });
  }

  end(text: EncodedText, time: number, isCut = false): void {
    const open = this.#open.get(text);
    if (open === undefined) return;
    this.#open.delete(text);
    const events = this.#events;
    const since = Math.max(open.since, this.#taken);
    this.#taken = time;
    if (events.isShort(time - since)) return;
    events.begin(text);
    events.time(since);
    events.duration(time - since);
    events.stack(open.stack);
    if (isCut || open.isOld) {
      events.argument(CUT);
      events.put(isCut ? NO_END : NO_BEGINNING);
    }
    events.end(this.#place);
  }

  finish(time: number): void {
    for (const text of [...this.#open.keys()]) this.end(text, time, true);
  }
}

/** The rows of the "Go runtime" process: GC cycles and stop-the-world. */
export class RuntimeRows {
  readonly #gc: RuntimeRow;
  readonly #stops: RuntimeRow;

  constructor(events: EventWriter) {
    this.#gc = new RuntimeRow(events, Lane.Gc);
    this.#stops = new RuntimeRow(events, Lane.StopTheWorld);
  }

  gcBegin(time: number, stack: number): void {
    this.#gc.begin(GC, time, stack);
  }

  /** A cycle is older than the trace. */
  gcIsOld(): void {
    this.#gc.begin(GC, 0, 0, true);
  }

  gcEnd(time: number): void {
    this.#gc.end(GC, time);
  }

  /**
   * @param text beginning of the event, with the kind in its name
   * @param isOld whether it began before the part of the trace
   */
  stopBegin(text: EncodedText, time: number, stack: number, isOld: boolean): void {
    this.#stops.begin(text, time, stack, isOld);
  }

  stopEnd(text: EncodedText, time: number): void {
    this.#stops.end(text, time);
  }

  /** Ends open slices at the end of the trace. */
  finish(time: number): void {
    this.#gc.finish(time);
    this.#stops.finish(time);
  }
}
