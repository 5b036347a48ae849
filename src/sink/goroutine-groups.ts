import { shortFunction } from "../event/short-function.js";
import type { Grouping } from "./view-options.js";

/** Goroutines in one process of the file: a viewer takes a minute to open a group of many thousands. */
export const BUCKET = 1000;
/** Thread ids must fit 32 bits. Goroutines with ids from this one on get the next free one. */
export const FIRST_FREE_TID = 2 ** 30;
/** Group of the runtime's own goroutines, and of wakers other than goroutines. */
export const RUNTIME = "runtime";
/** Stands for the start function of a goroutine without one. */
export const UNNAMED = "(unknown start function)";

/** Start functions of the runtime that run a program's code: main's, and that of coroutines (`iter.Pull`). */
const OF_PROGRAMS: ReadonlySet<string> = new Set(["runtime.main", "runtime.corostart"]);

/** The group of a start function. The runtime's own goroutines, those of its tracer included, share one. */
export function groupOf(func: string): string {
  return /^runtime[./]/.test(func) && !OF_PROGRAMS.has(func) ? RUNTIME : func;
}

/** Goroutines that a viewer shows together: a process of the file for each {@link BUCKET} of them. */
export interface GoroutineGroup {
  readonly name: string;
  /** The process that new goroutines get; 0 before the first. */
  pid: number;
  /** Goroutines in that process, and processes so far. */
  size: number;
  buckets: number;
}

/** Assigns goroutines to groups by start function, or all to one. */
export class GoroutineGroups<Group extends GoroutineGroup> {
  readonly isGrouped: boolean;
  readonly #everything: string;
  readonly #make: (name: string) => Group;
  readonly #newProcess: (group: Group, title: string, tid: number) => number;
  readonly #groups = new Map<string, Group>();

  /**
   * @param everything name of the group of all goroutines, for the grouping `none`
   * @param make gives a new group, without processes
   * @param newProcess describes the next process of a group in the file, which begins with a thread, and gives its id
   */
  constructor(
    grouping: Grouping,
    everything: string,
    make: (name: string) => Group,
    newProcess: (group: Group, title: string, tid: number) => number,
  ) {
    this.isGrouped = grouping !== "none";
    this.#everything = everything;
    this.#make = make;
    this.#newProcess = newProcess;
  }

  /** All groups. */
  all(): Iterable<Group> {
    return this.#groups.values();
  }

  /** The group of that name. */
  get(member: string): Group {
    const name = this.isGrouped ? member : this.#everything;
    let group = this.#groups.get(name);
    if (group === undefined) {
      group = this.#make(name);
      this.#groups.set(name, group);
    }
    return group;
  }

  /** Adds a goroutine to a group. @param tid its thread id @returns its process */
  add(group: Group, tid: number): number {
    if (group.pid === 0 || (this.isGrouped && group.size === BUCKET)) this.#open(group, tid);
    group.size++;
    return group.pid;
  }

  /** The current process of a group, for a thread beside its goroutines. @param tid a thread of the group */
  processOf(group: Group, tid: number): number {
    if (group.pid === 0) this.#open(group, tid);
    return group.pid;
  }

  #open(group: Group, tid: number): void {
    group.size = 0;
    group.buckets++;
    const suffix = group.buckets === 1 ? "" : `·${group.buckets}`;
    group.pid = this.#newProcess(group, shortFunction(group.name) + suffix, tid);
  }
}
