import { NONE } from "../base/ids.js";
import type { EventBlock } from "../event/block.js";
import { EventKind, isUser } from "../event/kind.js";
import { LINK_END, type LinkLog, LinkLogs, type LoggedSpan, NO_ID } from "../event/link-log.js";
import { SelectionError } from "./selection-error.js";
import type { TimeWindow } from "./windowed-trace.js";

const K = EventKind;
/** The most ids in an error message. */
const SUGGESTIONS = 5;

/** Selects what a program did for a trace of its own tracing. */
export interface ProgramTraceSelector {
  /** 32 lower-case hexadecimal digits. */
  readonly traceId: string;
  /** Keys of logs that hold ids, besides the known ones. */
  readonly linkLogs?: readonly LinkLog[] | undefined;
}

/** An open task. */
interface Task {
  readonly begin: number;
  readonly parent: number;
  /** Those that are open. */
  readonly children: Set<number>;
  /** Who works for it. */
  readonly goroutines: Set<number>;
}

/** An open region. */
interface Region {
  readonly begin: number;
  readonly isOfTask: boolean;
}

/**
 * Finds the tasks in which a program logged the id of a trace of its own tracing (`link-log.ts`), with the tasks within
 * them, who worked for them, and when. Outside of tasks, it finds the goroutine, until that logs another id, or the region ends
 * in which it logged.
 */
export class ProgramTraceFinder {
  readonly goroutines = new Set<number>();
  readonly tasks = new Set<number>();
  readonly #traceId: string;
  readonly #logs: LinkLogs;
  readonly #known = new Set<string>();
  readonly #open = new Map<number, Task>();
  /** Each goroutine's open regions. */
  readonly #regions = new Map<number, Region[]>();
  /** What is under way for the trace: tasks, and goroutines with the region without a task in which they logged, if any. */
  readonly #openTasks = new Set<number>();
  readonly #stretches = new Map<number, Region | undefined>();
  /** By goroutine: when the id of the task was logged that it begins next, and that task's parent. */
  readonly #next = new Map<number, { readonly time: number; readonly parent: number }>();
  #first = Number.POSITIVE_INFINITY;
  #last = 0;

  constructor({ traceId, linkLogs }: ProgramTraceSelector) {
    this.#traceId = traceId;
    this.#logs = new LinkLogs(linkLogs);
  }

  /** From the first beginning to just after the last end, or the trace's end. */
  get span(): TimeWindow {
    const isOpen = this.#openTasks.size > 0 || this.#stretches.size > 0;
    return { from: this.#first, to: isOpen ? Number.POSITIVE_INFINITY : this.#last + 1 };
  }

  events(block: EventBlock): void {
    const { kind, length, subject, time } = block;
    for (let i = 0; i < length; i++) {
      const k = kind[i] as number;
      if (k === K.GoDestroy || k === K.GoDestroySyscall) this.#gone(subject[i] as number, time[i] as number);
      else if (isUser(k)) this.#event(block, i, k);
    }
  }

  /** @throws SelectionError if no log holds the id */
  check(): void {
    if (this.goroutines.size > 0 || this.tasks.size > 0) return;
    const known = [...this.#known];
    const advice =
      known.length > 0
        ? `Trace ids in logs: ${known.join(", ")}`
        : 'No log holds a trace id. --link-log names other keys than "traceparent" and "trace_id".';
    throw new SelectionError(`no trace id ${this.#traceId}`, advice);
  }

  #event(block: EventBlock, i: number, kind: number): void {
    const task = block.subject[i] as number;
    const goroutine = block.goroutine[i] as number;
    const time = block.time[i] as number;
    if (kind === K.TaskBegin) this.#begin(task, Math.max(block.value[i] as number, 0), goroutine, time);
    else if (kind === K.Log) this.#log(block, i, task, goroutine, time);
    else if (kind === K.RegionBegin) this.#enter(goroutine, { begin: time, isOfTask: task > 0 });
    else if (kind === K.RegionEnd) this.#leave(goroutine, block.value[i] as number, time);
    if (goroutine !== NONE) {
      this.#open.get(task)?.goroutines.add(goroutine);
      if (this.tasks.has(task)) this.goroutines.add(goroutine);
    }
    if (kind === K.TaskEnd) this.#end(task, time);
  }

  #begin(task: number, parent: number, goroutine: number, time: number): void {
    this.#open.set(task, { begin: time, parent, children: new Set(), goroutines: new Set() });
    this.#open.get(parent)?.children.add(task);
    const next = this.#next.get(goroutine);
    this.#next.delete(goroutine);
    if (next?.parent === parent) this.#select(task, next.time);
    else if (this.tasks.has(parent)) this.#select(task, time);
  }

  #end(task: number, time: number): void {
    const parent = this.#open.get(task)?.parent ?? 0;
    this.#open.get(parent)?.children.delete(task);
    this.#open.delete(task);
    if (this.#openTasks.delete(task)) this.#last = Math.max(this.#last, time);
  }

  #log(block: EventBlock, i: number, task: number, goroutine: number, time: number): void {
    const logged = this.#logs.read(block, i);
    if (logged === undefined || logged === NO_ID) return;
    const isIt = this.#is(logged);
    if (logged !== LINK_END && logged.isNext) {
      if (isIt) this.#next.set(goroutine, { time, parent: Math.max(task, 0) });
    } else if (task > 0) {
      if (isIt) this.#select(task, time);
    } else if (isIt) this.#beginStretch(goroutine, time);
    // The log itself belongs to what follows.
    else if (logged === LINK_END || logged.traceId !== undefined) this.#endStretch(goroutine, time - 1);
  }

  #is(logged: LoggedSpan | typeof LINK_END): boolean {
    if (logged === LINK_END || logged.traceId === undefined) return false;
    if (this.#known.size < SUGGESTIONS) this.#known.add(logged.traceId);
    return logged.traceId === this.#traceId;
  }

  /** Selects a task, and open ones within it. @param time when it began, if it is not known */
  #select(task: number, time: number): void {
    const pending = [task];
    for (let next = pending.pop(); next !== undefined; next = pending.pop())
      if (!this.tasks.has(next)) pending.push(...this.#selectOne(next, time));
  }

  /** @returns open tasks directly within it */
  #selectOne(task: number, time: number): Iterable<number> {
    this.tasks.add(task);
    this.#openTasks.add(task);
    const open = this.#open.get(task);
    this.#first = Math.min(this.#first, open?.begin ?? time, time);
    for (const goroutine of open?.goroutines ?? []) this.goroutines.add(goroutine);
    return open?.children ?? [];
  }

  #enter(goroutine: number, region: Region): void {
    const regions = this.#regions.get(goroutine);
    if (regions === undefined) this.#regions.set(goroutine, [region]);
    else regions.push(region);
  }

  /** @param within the number of regions open within it, or {@link RegionMatch} */
  #leave(goroutine: number, within: number, time: number): void {
    const regions = this.#regions.get(goroutine) ?? [];
    if (within < 0 || within >= regions.length) return;
    const [region] = regions.splice(-1 - within, 1);
    if (region === this.#stretches.get(goroutine)) this.#endStretch(goroutine, time);
  }

  #beginStretch(goroutine: number, time: number): void {
    if (goroutine === NONE) return;
    const around = this.#regions.get(goroutine)?.findLast(({ isOfTask }) => !isOfTask);
    this.goroutines.add(goroutine);
    this.#stretches.set(goroutine, around);
    this.#first = Math.min(this.#first, around?.begin ?? time);
  }

  #endStretch(goroutine: number, time: number): void {
    if (this.#stretches.delete(goroutine)) this.#last = Math.max(this.#last, time);
  }

  #gone(goroutine: number, time: number): void {
    this.#endStretch(goroutine, time);
    this.#regions.delete(goroutine);
    this.#next.delete(goroutine);
  }
}
