import { NONE } from "../../base/ids.js";
import type { SlotIndex } from "../../base/slot-index.js";
import { type EventBlock, endsAgain, stringOf } from "../../event/block.js";
import { EventKind, RegionMatch } from "../../event/kind.js";
import type { Steps } from "../trace-sink.js";
import type { ChromeChoices } from "./options.js";
import { type Point, PointEvents } from "./point-events.js";
import type { RowContext } from "./row-context.js";
import type { Rows } from "./rows.js";
import type { UserRegions } from "./user-regions.js";
import { UserTasks } from "./user-tasks.js";

const K = EventKind;

/** The rows for tasks, regions, logs and CPU samples; absent unless requested. */
export interface UserRows {
  readonly tasks: UserTasks | undefined;
  readonly regions: UserRegions | undefined;
  readonly logs: PointEvents | undefined;
  readonly samples: PointEvents | undefined;
}

/** Creates the requested rows. */
export function userRowsOf(context: RowContext, rows: Rows, { tracks, lean }: ChromeChoices): UserRows {
  const { procs, threads, goroutines, regions } = rows;
  const points = new PointEvents(context.events, procs?.rows, threads?.rows, goroutines?.places);
  return {
    tasks: tracks.has("tasks") ? new UserTasks(context) : undefined,
    regions,
    logs: tracks.has("logs") && !lean ? points : undefined,
    samples: tracks.has("samples") ? points : undefined,
  };
}

/** Passes tasks, regions, logs and CPU samples to their rows. */
export class UserEvents {
  readonly #slots: SlotIndex;
  readonly #stackOf: (event: number) => number;
  readonly #sampleStackOf: (event: number) => number;
  #rows: UserRows;
  #block!: EventBlock;

  /**
   * @param stackOf returns the number of the stack of an event in the current block
   * @param sampleStackOf the same for a CPU sample, whose stacks are also in a lean file
   */
  constructor(
    slots: SlotIndex,
    stackOf: (event: number) => number,
    sampleStackOf: (event: number) => number,
    rows: UserRows,
  ) {
    this.#slots = slots;
    this.#stackOf = stackOf;
    this.#sampleStackOf = sampleStackOf;
    this.#rows = rows;
  }

  /** About how many bytes {@link finishTasks} writes. */
  get pending(): number {
    return this.#rows.tasks?.pending ?? 0;
  }

  block(block: EventBlock): void {
    this.#block = block;
  }

  /** Takes an event of one of these kinds. */
  event(event: number, kind: number): void {
    if (kind === K.TaskBegin || kind === K.TaskEnd) this.#task(event, kind);
    else if (kind === K.RegionBegin || kind === K.RegionEnd) this.#region(event, kind);
    else if (kind === K.Log) this.#log(event);
    else this.#rows.samples?.sample(this.#point(event, this.#sampleStackOf(event)));
  }

  /** Ends open tasks, with the trace. */
  *finishTasks(time: number): Steps {
    if (this.#rows.tasks !== undefined) yield* this.#rows.tasks.finish(time);
  }

  /** Writes only samples from here on, on the rows of Ps. */
  becomeLean(): void {
    const samples = this.#rows.samples?.onProcs();
    this.#rows = { tasks: undefined, regions: undefined, logs: undefined, samples };
  }

  #task(event: number, kind: number): void {
    const { tasks } = this.#rows;
    if (tasks === undefined || endsAgain(this.#block, event)) return;
    const { subject, value, time, goroutine, name } = this.#block;
    const mention = {
      task: subject[event] as number,
      type: stringOf(this.#block, name[event] as number),
      time: time[event] as number,
      stack: this.#stackOf(event),
      slot: this.#slots.get(goroutine[event] as number),
    };
    if (kind === K.TaskBegin) tasks.begin(mention, value[event] as number, this.#isOfSnapshot);
    else tasks.end(mention);
  }

  #region(event: number, kind: number): void {
    const { regions } = this.#rows;
    const { subject, time, goroutine, name, value } = this.#block;
    const slot = this.#slots.get(goroutine[event] as number);
    if (slot === NONE || regions === undefined) return;
    const type = stringOf(this.#block, name[event] as number);
    const task = subject[event] as number;
    const at = time[event] as number;
    const stack = this.#stackOf(event);
    if (kind === K.RegionBegin) regions.begin(slot, type, task, at, stack, this.#isOfSnapshot);
    else if (value[event] !== RegionMatch.None)
      regions.end(slot, type, task, at, value[event] as number, stack);
  }

  #log(event: number): void {
    const { name, text } = this.#block;
    const category = stringOf(this.#block, name[event] as number);
    this.#rows.logs?.log(
      this.#point(event, this.#stackOf(event)),
      category,
      stringOf(this.#block, text[event] as number),
    );
  }

  #point(event: number, stack: number): Point {
    const { time, proc, thread, goroutine } = this.#block;
    return {
      time: time[event] as number,
      stack,
      proc: proc[event] as number,
      thread: thread[event] as number,
      slot: this.#slots.get(goroutine[event] as number),
    };
  }

  /** Whether the events describe the state before the part of the trace. */
  get #isOfSnapshot(): boolean {
    return this.#block.generation?.isSnapshot === true;
  }
}
