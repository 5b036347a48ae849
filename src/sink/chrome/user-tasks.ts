import type { EncodedText } from "../../bytes/encoded-text.js";
import type { Steps } from "../trace-sink.js";
import { argument, CUT, type EventWriter, headTail, NO_BEGINNING, NO_END, place } from "./event-writer.js";
import type { GoroutineNames } from "./goroutine-names.js";
import { type Descriptions, Process, ProcessOrder } from "./processes.js";
import type { RowContext } from "./row-context.js";

const BEGIN = headTail("task", "b");
const END = headTail("task", "e");
const TASK = argument("task");
const PARENT = argument("parent");
const STARTED_BY = argument("started by");
const ENDED_BY = argument("ended by");
const THREAD = 1;
/** Bytes that end a cut one, with a name of some length. */
const END_BYTES = 220;
const ROW = place(Process.Tasks, THREAD);

/** An event about a task. */
export interface TaskMention {
  readonly task: number;
  readonly type: string;
  readonly time: number;
  /** Number of the stack; 0 is none. */
  readonly stack: number;
  /** Slot of the goroutine, or −1. */
  readonly slot: number;
}

/** User tasks, as async slices with the ids of the tasks. */
export class UserTasks {
  readonly #events: EventWriter;
  readonly #names: GoroutineNames;
  readonly #descriptions: Descriptions;
  /** Types of open tasks. */
  readonly #open = new Map<number, string>();
  #isDescribed = false;

  constructor({ events, names, descriptions }: RowContext) {
    this.#events = events;
    this.#names = names;
    this.#descriptions = descriptions;
  }

  /**
   * @param parent id of its parent task; none if below 1
   * @param isOld whether it began before the part of the trace
   */
  begin(mention: TaskMention, parent: number, isOld: boolean): void {
    const events = this.#events;
    this.#begin(mention.task, mention.type, mention.time);
    events.stack(mention.stack);
    this.#taskArgument(mention.task);
    if (parent > 0) {
      events.argument(PARENT);
      events.number(parent);
    }
    this.#goroutine(STARTED_BY, mention.slot);
    if (isOld) this.#cut(NO_BEGINNING);
    events.end(ROW);
  }

  /** A task ends; it may have begun before the trace. */
  end(mention: TaskMention): void {
    const events = this.#events;
    const { task, type } = mention;
    if (!this.#open.has(task)) {
      this.#begin(task, type, 0);
      this.#taskArgument(task);
      this.#cut(NO_BEGINNING);
      events.end(ROW);
    }
    this.#end(task, type, mention.time);
    events.stack(mention.stack);
    this.#goroutine(ENDED_BY, mention.slot);
    events.end(ROW);
  }

  /** Bytes that {@link finish} writes, about. */
  get pending(): number {
    return this.#open.size * END_BYTES;
  }

  /** Ends what is open, with the trace. */
  *finish(time: number): Steps {
    for (const [task, type] of this.#open) {
      this.#end(task, type, time);
      this.#cut(NO_END);
      this.#events.end(ROW);
      yield;
    }
  }

  #begin(task: number, type: string, time: number): void {
    if (!this.#isDescribed) this.#describe();
    this.#open.set(task, type);
    this.#head(type, BEGIN, time, task);
  }

  #describe(): void {
    this.#isDescribed = true;
    this.#descriptions.process(Process.Tasks, "Tasks", ProcessOrder.Tasks);
    this.#descriptions.thread(Process.Tasks, THREAD, "Tasks");
  }

  #end(task: number, type: string, time: number): void {
    this.#head(this.#open.get(task) ?? type, END, time, task);
    this.#open.delete(task);
  }

  #head(type: string, tail: EncodedText, time: number, task: number): void {
    const events = this.#events;
    events.beginText(type, tail);
    events.time(time);
    events.localId(task);
  }

  #cut(how: EncodedText): void {
    this.#events.argument(CUT);
    this.#events.put(how);
  }

  #taskArgument(task: number): void {
    this.#events.argument(TASK);
    this.#events.number(task);
  }

  #goroutine(key: EncodedText, slot: number): void {
    if (slot < 0) return;
    this.#events.argument(key);
    this.#names.value(slot);
  }
}
