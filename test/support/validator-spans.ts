import type { EventBlock } from "../../src/event/block.js";
import { EVENT_KINDS, type EventKindInfo } from "../../src/event/kind.js";

/** Checks that ranges, regions and tasks begin and end as they may, and that table indices are good. */
export class SpanValidator {
  readonly #mayEndOpen: boolean;
  readonly #hasGaps: boolean;
  readonly #report: (problem: string) => void;
  /** Names of ranges under way, by what they are about. */
  readonly #ranges = new Map<string, string[]>();
  /** Regions under way by goroutine, innermost last. */
  readonly #regions = new Map<number, string[]>();
  /** Types of tasks under way. */
  readonly #tasks = new Map<number, string>();
  #gcSequence: number | undefined;

  /**
   * @param mayEndOpen whether mark assists that are under way when the trace begins are told of only at their end
   * @param hasGaps whether events are missing
   */
  constructor(report: (problem: string) => void, mayEndOpen: boolean, hasGaps: boolean) {
    this.#hasGaps = hasGaps;
    this.#report = report;
    this.#mayEndOpen = mayEndOpen;
  }

  event(block: EventBlock, i: number, info: EventKindInfo): void {
    switch (info.class) {
      case "range-begin":
      case "range-active":
      case "range-end":
        this.#range(block, i, info);
        break;
      case "region-begin":
      case "region-end":
        this.#region(block, i, info.class === "region-begin");
        break;
      case "task-begin":
      case "task-end":
        this.#task(block.subject[i] as number, text(block, i), info.class === "task-begin");
        break;
      case "metric":
        if (!((block.value[i] as number) >= 0)) this.#report(`value ${block.value[i]}`);
        break;
      case "label":
        if (!this.#hasGaps && text(block, i) === "") this.#report("an empty label");
    }
  }

  goroutineEnds(id: number): void {
    const open = this.#ranges.get(`goroutine ${id}`) ?? [];
    if (open.length > 0) this.#report(`goroutine ${id} ends within ${open.join(", ")}`);
    this.#regions.delete(id);
  }

  /** Checks the indices of strings and stacks that the event's kind uses. */
  checkTables(block: EventBlock, i: number, info: EventKindInfo): void {
    const { generation } = block;
    if (generation === undefined) return;
    const check = (column: ArrayLike<number>, length: number, what: string): void => {
      const index = column[i] as number;
      if (!(index >= 0 && index < length)) this.#report(`${what} ${index} of ${length}`);
    };
    if (info.strings !== undefined) check(block.name, generation.strings.length, "name");
    if ((info.strings?.length ?? 0) > 1) check(block.text, generation.strings.length, "text");
    if (info.stacks !== undefined) check(block.stack, generation.stacks.length, "stack");
    if (info.stacks === 2) check(block.subjectStack, generation.stacks.length, "start stack");
  }

  #range(block: EventBlock, i: number, info: EventKindInfo): void {
    const subject = info.scope === "none" ? "" : ` ${block.subject[i]}`;
    const key = `${info.scope}${subject}`;
    const name = info.strings === undefined ? `${info.label}` : `${info.label} (${text(block, i)})`;
    const open = this.#ranges.get(key) ?? [];
    this.#ranges.set(key, open);
    const at = open.indexOf(name);
    if (info.class === "range-begin" && at >= 0) this.#report(`${name} has begun already`);
    const isOlder = this.#mayEndOpen && info.name === "AssistEnd";
    if (info.class === "range-end" && at < 0 && !isOlder) this.#report(`${name} has not begun`);
    if (info.class === "range-end") open.splice(at, at < 0 ? 0 : 1);
    else if (at < 0) open.push(name);
    if (info.scope === "none") this.#gc(block.value[i] as number);
  }

  #gc(sequence: number): void {
    const expected = (this.#gcSequence ?? sequence - 1) + 1;
    if (this.#hasGaps ? sequence < expected : sequence !== expected)
      this.#report(`GC event ${sequence}, not ${expected}`);
    this.#gcSequence = sequence;
  }

  #region(block: EventBlock, i: number, begins: boolean): void {
    const goroutine = block.goroutine[i] as number;
    const region = `${text(block, i)} of task ${block.subject[i]}`;
    const open = this.#regions.get(goroutine) ?? [];
    this.#regions.set(goroutine, open);
    if (begins) {
      open.push(region);
      return;
    }
    // A program may end them out of order; the event says which one it is.
    const within = block.value[i] as number;
    const at = open.lastIndexOf(region);
    if (within >= 0 && at !== open.length - 1 - within)
      this.#report(`region ${region}, with ${within} within it, ends`);
    if (within < 0 && at >= 0) this.#report(`region ${region} ends, and its beginning is not known`);
    if (at >= 0) open.splice(at, 1);
  }

  #task(id: number, type: string, begins: boolean): void {
    const known = this.#tasks.get(id);
    if (begins && known !== undefined) this.#report(`task ${id} has begun already`);
    if (id <= 0) this.#report(`a task ${id}`);
    if (begins) this.#tasks.set(id, type);
    else {
      if (known !== undefined && known !== type)
        this.#report(`task ${id} begins as ${known}, ends as ${type}`);
      this.#tasks.delete(id);
    }
  }
}

/** The text that an event's column `name` holds. */
function text({ kind, name, generation }: EventBlock, i: number): string {
  const uses = EVENT_KINDS[kind[i] as number]?.strings !== undefined;
  return uses ? (generation?.strings.text(name[i] as number) ?? "") : "";
}
