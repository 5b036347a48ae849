import { NONE } from "../base/ids.js";
import type { EventBlock } from "../event/block.js";
import { EventKind, isUser } from "../event/kind.js";

const K = EventKind;

/**
 * Finds the tasks that selected goroutines work for, and the ancestors of these tasks, whoever began them. So
 * their types, beginnings and ends are known. The selection may be known only after the goroutines' events,
 * so the tasks of each live goroutine are kept.
 */
export class TaskUsers {
  readonly #isSelected: (goroutine: number) => boolean;
  /** Tasks by the goroutine that works for them. */
  readonly #used = new Map<number, Set<number>>();
  readonly #found = new Set<number>();
  /** Parents of live tasks that have one. */
  readonly #parents = new Map<number, number>();

  /** @param isSelected whether a goroutine is selected, as known when it ends */
  constructor(isSelected: (goroutine: number) => boolean) {
    this.#isSelected = isSelected;
  }

  /** All tasks found. Read it after the last event. */
  get found(): ReadonlySet<number> {
    for (const goroutine of [...this.#used.keys()]) this.#end(goroutine);
    return this.#found;
  }

  events(block: EventBlock): void {
    const { kind, goroutine, length, subject, value } = block;
    for (let i = 0; i < length; i++) {
      const k = kind[i] as number;
      if (k === K.GoDestroy || k === K.GoDestroySyscall) {
        if (this.#used.size > 0) this.#end(subject[i] as number);
      } else if (isUser(k)) {
        const task = subject[i] as number;
        if (k === K.TaskBegin && (value[i] as number) > 0) this.#parents.set(task, value[i] as number);
        if (task > 0 && goroutine[i] !== NONE) this.#use(goroutine[i] as number, task);
        if (k === K.TaskEnd) this.#parents.delete(task);
      }
    }
  }

  #use(goroutine: number, task: number): void {
    let tasks = this.#used.get(goroutine);
    if (tasks === undefined) {
      tasks = new Set();
      this.#used.set(goroutine, tasks);
    }
    let around: number | undefined = task;
    for (; around !== undefined && !tasks.has(around); around = this.#parents.get(around)) tasks.add(around);
  }

  #end(goroutine: number): void {
    const tasks = this.#used.get(goroutine);
    this.#used.delete(goroutine);
    if (tasks === undefined || !this.#isSelected(goroutine)) return;
    for (const task of tasks) this.#found.add(task);
  }
}
