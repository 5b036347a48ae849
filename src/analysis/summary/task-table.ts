import { NONE } from "../../base/ids.js";
import { Interner } from "../../base/interner.js";
import { Histogram } from "../histogram.js";
import { type Keep, KeptRows } from "./kept-rows.js";
import type { TaskRow, TaskTypeRow } from "./rows.js";

interface Task {
  type: string;
  parent: number;
  begin: number;
  end: number;
  logs: number;
  regions: number;
  readonly children: number[];
  readonly goroutines: Set<number>;
}

interface TaskType {
  count: number;
  goroutines: number;
  logs: number;
  regions: number;
  readonly latency: Histogram;
}

/** The tasks: by type, and each one or the longest if that is asked for. */
export class TaskTable {
  readonly #types = new Interner();
  readonly #totals: TaskType[] = [];
  /** Every task that was mentioned, if all rows are to be kept. */
  readonly #all: Map<number, Task> | undefined;
  /** Tasks under way. */
  readonly #live = new Map<number, Task>();
  readonly #longest: KeptRows<TaskRow>;
  /** The least id of a task that began in the trace: ids rise, so lower ones are of tasks that began before it. */
  #firstId = Number.POSITIVE_INFINITY;

  constructor(keep: Keep) {
    this.#all = keep === true ? new Map() : undefined;
    this.#longest = new KeptRows(keep === true ? false : keep);
  }

  /** A task begins. @param parent −1 if it has none */
  begin(id: number, type: string, parent: number, time: number, goroutine: number): void {
    this.#firstId = Math.min(this.#firstId, id);
    this.#type(type).count++;
    this.#live.set(id, { ...newTask(), type, parent, begin: time });
    this.#mention(id, goroutine);
    this.#live.get(parent)?.children.push(id);
    const task = this.#all && this.#get(this.#all, id);
    if (task === undefined) return;
    task.begin = time;
    this.#describe(id, task, type, parent);
  }

  /** A task ends; it may have begun before the trace, and its type is unknown then. */
  end(id: number, type: string, parent: number, time: number, goroutine: number): void {
    this.#mention(id, goroutine);
    const live = this.#live.get(id) ?? newTask();
    this.#live.delete(id);
    if (live.begin === NONE) {
      live.type = type;
      live.parent = parent;
      this.#type(type).count++;
    } else this.#type(live.type).latency.add(time - live.begin);
    live.end = time;
    this.#count(id, live, live.begin === NONE ? 0 : time - live.begin);
    const task = this.#all && this.#get(this.#all, id);
    if (task === undefined) return;
    task.end = time;
    this.#describe(id, task, type, parent);
  }

  log(id: number, goroutine: number): void {
    for (const task of this.#mention(id, goroutine)) task.logs++;
  }

  region(id: number, goroutine: number): void {
    for (const task of this.#mention(id, goroutine)) task.regions++;
  }

  /** The trace ends. */
  finish(time: number): void {
    for (const [id, task] of this.#live) if (task.begin !== NONE) this.#count(id, task, time - task.begin);
    this.#live.clear();
  }

  types(): TaskTypeRow[] {
    return this.#totals.map(({ latency, ...totals }, row) => ({
      type: this.#types.text(row),
      ...totals,
      complete: latency.count,
      latency: latency.distribution(),
    }));
  }

  /** All tasks by id, the background task among them if regions or logs belong to it; or the longest. */
  rows(): readonly TaskRow[] {
    if (this.#all === undefined) return this.#longest.rows();
    return [...this.#all].map(([id, task]) => rowOf(id, task)).sort((a, b) => a.id - b.id);
  }

  #type(type: string): TaskType {
    const number = this.#types.intern(type);
    this.#totals[number] ??= { count: 0, goroutines: 0, logs: 0, regions: 0, latency: new Histogram() };
    return this.#totals[number];
  }

  /** A task has ended, or the trace has. */
  #count(id: number, task: Task, duration: number): void {
    const type = this.#type(task.type);
    type.goroutines += task.goroutines.size;
    type.logs += task.logs;
    type.regions += task.regions;
    if (this.#longest.admits(duration)) this.#longest.add(duration, rowOf(id, task));
  }

  #describe(id: number, task: Task, type: string, parent: number): void {
    task.type = type;
    if (parent === NONE || task.parent !== NONE || this.#all === undefined) return;
    task.parent = parent;
    this.#get(this.#all, parent).children.push(id);
  }

  /** A goroutine does something for a task; gives what is kept of that. */
  #mention(id: number, goroutine: number): Task[] {
    const live = this.#live.get(id) ?? (id < this.#firstId && id > 0 ? this.#get(this.#live, id) : undefined);
    const task = this.#all && this.#get(this.#all, id);
    const kept = [live, task].filter((each) => each !== undefined);
    for (const { goroutines } of kept) goroutines.add(goroutine);
    return kept;
  }

  #get(tasks: Map<number, Task>, id: number): Task {
    let task = tasks.get(id);
    if (task === undefined) {
      task = newTask();
      tasks.set(id, task);
    }
    return task;
  }
}

function newTask(): Task {
  return {
    type: "",
    parent: NONE,
    begin: NONE,
    end: NONE,
    logs: 0,
    regions: 0,
    children: [],
    goroutines: new Set(),
  };
}

function rowOf(id: number, { parent, begin, end, goroutines, ...rest }: Task): TaskRow {
  return {
    ...rest,
    id,
    parent: optional(parent),
    begin: optional(begin),
    end: optional(end),
    goroutines: [...goroutines],
  };
}

function optional(value: number): number | undefined {
  return value === NONE ? undefined : value;
}
