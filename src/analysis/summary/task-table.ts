import { NONE } from "../../base/ids.js";
import { Interner } from "../../base/interner.js";
import { ALL, type Reported } from "../analysis.js";
import { Histogram, type NamedHistogram } from "../histogram.js";
import { ProgramTraces } from "../program-traces.js";
import { type Keep, KeptRows } from "../top-list.js";
import type { TaskRow, TaskTypeRow } from "./rows.js";

interface Task {
  type: string;
  parent: number;
  /** Whether its type is known, from its beginning or a window's edge. */
  isTold: boolean;
  /** −1 if not in the trace. */
  begin: number;
  end: number;
  logs: number;
  regions: number;
  readonly children: number[];
  readonly goroutines: Set<number>;
  traceId: string | undefined;
}

interface TaskType {
  count: number;
  goroutines: number;
  logs: number;
  regions: number;
  readonly latency: Histogram;
}

/** Tasks by type, and on request each one or the longest. */
export class TaskTable {
  readonly #types = new Interner();
  readonly #totals: TaskType[] = [];
  /** All tasks, if all rows are kept. */
  readonly #all: Map<number, Task> | undefined;
  /** Open tasks. */
  readonly #live = new Map<number, Task>();
  readonly #longest: KeptRows<TaskRow>;
  /** The lowest id of a task that began in the trace. Ids increase, so tasks with lower ids began before it. */
  #firstId = Number.POSITIVE_INFINITY;
  readonly #reported: Reported;
  readonly #traces: ProgramTraces;

  /**
   * @param reported goroutines; tasks count if one of them works for them
   * @param traces knows the tasks' traces while they are open
   */
  constructor(keep: Keep, reported: Reported = ALL, traces = new ProgramTraces()) {
    this.#traces = traces;
    this.#reported = reported;
    this.#all = keep === true ? new Map() : undefined;
    this.#longest = new KeptRows(keep === true ? false : keep);
  }

  /** A task begins. @param parent −1: none @param time −1 if it is only reported as open */
  begin(id: number, type: string, parent: number, time: number, goroutine: number): void {
    this.#firstId = Math.min(this.#firstId, id);
    // Types are in the order of their first beginning.
    this.#types.intern(type);
    this.#live.set(id, { ...newTask(), type, parent, isTold: true, begin: time });
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
    if (!live.isTold) {
      live.type = type;
      live.parent = parent;
    }
    live.end = time;
    live.traceId = this.#traces.of(id);
    this.#count(id, live, time);
    const task = this.#all && this.#get(this.#all, id);
    if (task === undefined) return;
    task.end = time;
    task.traceId = live.traceId;
    this.#describe(id, task, type, parent);
  }

  log(id: number, goroutine: number): void {
    const task = this.#mention(id, goroutine);
    if (task !== undefined) task.logs++;
    const row = this.#all?.get(id);
    if (row !== undefined) row.logs++;
  }

  region(id: number, goroutine: number): void {
    const task = this.#mention(id, goroutine);
    if (task !== undefined) task.regions++;
    const row = this.#all?.get(id);
    if (row !== undefined) row.regions++;
  }

  /** The trace ends. */
  finish(time: number): void {
    for (const [id, task] of this.#live) {
      task.traceId = this.#traces.of(id);
      if (task.isTold) this.#count(id, task, time);
    }
    this.#live.clear();
  }

  types(): TaskTypeRow[] {
    const rows = this.#totals.map(({ latency, ...totals }, row) => ({
      type: this.#types.text(row),
      ...totals,
      complete: latency.count,
      latency: latency.distribution(),
    }));
    return rows.filter(({ count }) => count > 0);
  }

  /** Latencies of whole tasks by type. */
  latencies(): NamedHistogram[] {
    const rows = this.#totals.map(({ latency }, row) => ({ name: this.#types.text(row), latency }));
    return rows.filter(({ latency }) => latency.count > 0);
  }

  /** All tasks by id, or the longest. The background task is included if it has regions or logs. */
  rows(): readonly TaskRow[] {
    if (this.#all === undefined) return this.#longest.rows();
    const tasks = [...this.#all].filter(([, task]) => this.#isReported(task));
    return tasks.map(([id, task]) => rowOf(id, task)).sort((a, b) => a.id - b.id);
  }

  #type(type: string): TaskType {
    const number = this.#types.intern(type);
    this.#totals[number] ??= { count: 0, goroutines: 0, logs: 0, regions: 0, latency: new Histogram() };
    return this.#totals[number];
  }

  /** A task or the trace has ended. A task without a beginning has no duration, or lasts from a window's edge. */
  #count(id: number, task: Task, time: number): void {
    if (!this.#isReported(task)) return;
    const { begin, end, isTold } = task;
    const duration = isTold ? time - Math.max(begin, 0) : 0;
    const type = this.#type(task.type);
    type.count++;
    if (begin !== NONE && end !== NONE) type.latency.add(duration);
    type.goroutines += task.goroutines.size;
    type.logs += task.logs;
    type.regions += task.regions;
    if (this.#longest.admits(duration)) this.#longest.add(duration, rowOf(id, task));
  }

  #isReported({ goroutines }: Task): boolean {
    if (this.#reported === ALL) return true;
    for (const goroutine of goroutines) if (this.#reported.has(goroutine)) return true;
    return false;
  }

  #describe(id: number, task: Task, type: string, parent: number): void {
    task.type = type;
    if (parent === NONE || task.parent !== NONE || this.#all === undefined) return;
    task.parent = parent;
    this.#get(this.#all, parent).children.push(id);
  }

  /** A goroutine works for a task. @returns the task, if it is live */
  #mention(id: number, goroutine: number): Task | undefined {
    const live = this.#live.get(id) ?? (id < this.#firstId && id > 0 ? this.#get(this.#live, id) : undefined);
    live?.goroutines.add(goroutine);
    if (this.#all !== undefined) this.#get(this.#all, id).goroutines.add(goroutine);
    return live;
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
    isTold: false,
    begin: NONE,
    end: NONE,
    logs: 0,
    regions: 0,
    children: [],
    goroutines: new Set(),
    traceId: undefined,
  };
}

function rowOf(id: number, { parent, isTold: _, begin, end, goroutines, ...rest }: Task): TaskRow {
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
