import { NONE } from "../../base/ids.js";
import { type EventBlock, endsAgain, stringOf } from "../../event/block.js";
import type { Generation } from "../../event/generation.js";
import { EventKind } from "../../event/kind.js";
import type { TrackGroup } from "../view-options.js";
import type { TimelineOutput } from "./event-output.js";
import type { GoroutineTracks } from "./goroutine-tracks.js";
import { tables } from "./interning.js";
import type { LogRows } from "./log-rows.js";
import { StringNumbers } from "./string-numbers.js";
import type { TaskTracks } from "./task-tracks.js";
import { EventType } from "./track-event-bytes.js";

const K = EventKind;
const { Instant } = EventType;
const LOG_TABLES = tables("name", "log");
/** Messages from this length on, in characters, are not written again when they recur. */
const LONG_MESSAGE = 256;

/** The program's annotations (`runtime/trace`): tasks with arrows from their creators, regions, logs. */
export class UserTracks {
  readonly #out: TimelineOutput;
  readonly #goroutines: GoroutineTracks;
  readonly #tasks: TaskTracks;
  /** Undefined where rows are impossible. */
  readonly #logs: LogRows | undefined;
  readonly #wanted: ReadonlySet<TrackGroup>;
  /** Types of tasks and regions, as names. */
  readonly #types: StringNumbers;
  /** The highest number of a log's text so far. */
  #newestLog = 0;

  constructor(
    out: TimelineOutput,
    goroutines: GoroutineTracks,
    tasks: TaskTracks,
    logs: LogRows | undefined,
    wanted: ReadonlySet<TrackGroup>,
  ) {
    this.#out = out;
    this.#goroutines = goroutines;
    this.#tasks = tasks;
    this.#logs = logs;
    this.#wanted = wanted;
    this.#types = new StringNumbers(out.interning, "name");
  }

  /** The following strings are of this generation. */
  enter(generation: Generation): void {
    this.#types.enter(generation);
  }

  /** Takes the event of a task, region or log. */
  event(block: EventBlock, i: number): void {
    const kind = block.kind[i] as number;
    if (kind === K.RegionBegin || kind === K.RegionEnd) this.#region(block, i, kind);
    else if (kind === K.Log) {
      if (this.#wanted.has("logs")) this.#log(block, i);
    } else if (this.#wanted.has("tasks")) {
      if (kind === K.TaskBegin) this.#beginTask(block, i);
      else if (!endsAgain(block, i)) this.#endTask(block, i);
    }
  }

  #beginTask(block: EventBlock, i: number): void {
    const { events, names } = this.#out;
    const time = block.time[i] as number;
    const parent = this.#tasks.track(block.value[i] as number);
    const slot = this.#goroutines.slot(block.goroutine[i] as number);
    const from = parent !== NONE || slot === NONE ? parent : this.#goroutines.track(slot);
    const track = block.generation?.isSnapshot ? NONE : from;
    const arrow = track === NONE ? 0 : this.#goroutines.newArrow();
    if (track !== NONE) {
      events.category = names.category.task;
      events.flow = arrow;
      events.write(Instant, time, track, names.newTask);
    }
    const type = stringOf(block, block.name[i] as number);
    const name = this.#typeName(block.name[i] as number);
    this.#cutAtEdge(block);
    this.#tasks.begin(block.subject[i] as number, type, name, time, this.#stack(block, i), arrow);
  }

  #endTask(block: EventBlock, i: number): void {
    const type = stringOf(block, block.name[i] as number);
    const name = this.#typeName(block.name[i] as number);
    const time = block.time[i] as number;
    this.#tasks.end(block.subject[i] as number, type, name, time, this.#stack(block, i));
  }

  #region(block: EventBlock, i: number, kind: number): void {
    const goroutine = block.goroutine[i] as number;
    const slot = this.#goroutines.slot(goroutine);
    if (slot === NONE) return;
    const { regions } = this.#goroutines;
    const type = stringOf(block, block.name[i] as number);
    const region = { type, name: this.#typeName(block.name[i] as number), task: block.subject[i] as number };
    const time = block.time[i] as number;
    const track = this.#goroutines.track(slot);
    const stack = this.#stack(block, i);
    if (kind === K.RegionBegin) {
      this.#cutAtEdge(block);
      regions.begin(slot, goroutine, time, track, region, stack);
    } else regions.end(slot, goroutine, time, track, region, block.value[i] as number, stack);
  }

  /**
   * An instant on the goroutine. Without a better row, and for a long message that recurs, it has its row in
   * the table of logs: the number of its text, without a tag.
   */
  #log(block: EventBlock, i: number): void {
    const { events, interning, names } = this.#out;
    const goroutine = block.goroutine[i] as number;
    const slot = this.#goroutines.slot(goroutine);
    if (slot === NONE) return;
    const time = block.time[i] as number;
    const task = block.subject[i] as number;
    const category = stringOf(block, block.name[i] as number);
    const message = stringOf(block, block.text[i] as number);
    const name = interning.often(LOG_TABLES, category === "" ? message : `${category}: ${message}`);
    events.category = names.category.log;
    events.stack = this.#stack(block, i);
    const isRepeated = name <= this.#newestLog && message.length > LONG_MESSAGE;
    const rows = isRepeated ? undefined : this.#logs;
    this.#newestLog = Math.max(this.#newestLog, name);
    if (rows === undefined) events.log = name;
    if (task > 0) events.annotateNumber(names.task, task);
    events.write(Instant, time, this.#goroutines.track(slot), name);
    rows?.add({ time, goroutine, slot, category, message });
  }

  /** What begins at the edge of a part began before: the next slice says so. */
  #cutAtEdge(block: EventBlock): void {
    const { events, names } = this.#out;
    if (block.generation?.isSnapshot) events.annotate(names.cut, names.noBeginning);
  }

  /** Number of a type as a name; an empty one is a name too. */
  #typeName(string: number): number {
    return this.#types.of(string) || this.#out.interning.text("name", "");
  }

  #stack(block: EventBlock, i: number): number {
    return this.#out.stacks.of(block.stack[i] as number);
  }
}
