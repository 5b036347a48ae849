import { NONE } from "../base/ids.js";
import type { EventBlock } from "../event/block.js";
import { EventKind, isUser } from "../event/kind.js";
import type { TaskSelector } from "./goroutine-selector.js";
import { SelectionError } from "./selection-error.js";
import { mostSimilar } from "./similar.js";
import type { TimeWindow } from "./windowed-trace.js";

const K = EventKind;
/** The most types in an error message. */
const SUGGESTIONS = 5;

/**
 * Finds tasks and the tasks within them, who worked for them, and when. A goroutine works for a task if it
 * begins or ends the task, has a region for it, or writes a log for it.
 */
export class TaskFinder {
  readonly goroutines = new Set<number>();
  readonly tasks = new Set<number>();
  readonly #selector: TaskSelector;
  readonly #types = new Set<string>();
  readonly #open = new Set<number>();
  #first = Number.POSITIVE_INFINITY;
  #last = 0;
  #count = 0;

  constructor(selector: TaskSelector) {
    this.#selector = selector;
  }

  /**
   * From the first beginning to just after the last end. A task without a beginning or end uses that of the
   * trace.
   */
  get span(): TimeWindow {
    return { from: this.#first, to: this.#open.size > 0 ? Number.POSITIVE_INFINITY : this.#last + 1 };
  }

  events(block: EventBlock): void {
    const { kind, length } = block;
    for (let i = 0; i < length; i++) {
      const k = kind[i] as number;
      if (isUser(k)) this.#event(block, i, k);
    }
  }

  /** @throws SelectionError if there is no such task */
  check(): void {
    if (this.tasks.size > 0) return;
    const types = [...this.#types];
    if ("id" in this.#selector) {
      const advice =
        types.length > 0 ? `Types of tasks: ${types.slice(0, SUGGESTIONS).join(", ")}` : undefined;
      throw new SelectionError(`no task ${this.#selector.id} among ${this.#count}`, advice);
    }
    const { type } = this.#selector;
    if (types.length === 0) throw new SelectionError(`no task of type "${type}": there are no tasks`);
    const nearest = mostSimilar(type, types, SUGGESTIONS);
    throw new SelectionError(`no task of type "${type}"`, `Types of tasks like it: ${nearest.join(", ")}`);
  }

  #event(block: EventBlock, i: number, kind: number): void {
    const task = block.subject[i] as number;
    const time = block.time[i] as number;
    if (kind === K.TaskBegin) this.#begin(block, i, task, time);
    else if (!this.tasks.has(task) && this.#is(task, undefined)) this.#add(task, 0);
    if (!this.tasks.has(task)) return;
    const goroutine = block.goroutine[i] as number;
    if (goroutine !== NONE) this.goroutines.add(goroutine);
    if (kind !== K.TaskEnd) return;
    this.#open.delete(task);
    this.#last = Math.max(this.#last, time);
  }

  #begin(block: EventBlock, i: number, task: number, time: number): void {
    const type = block.generation?.strings.text(block.name[i] as number) ?? "";
    this.#types.add(type);
    this.#count++;
    if (this.#is(task, type) || this.tasks.has(block.value[i] as number)) this.#add(task, time);
  }

  #add(task: number, time: number): void {
    this.tasks.add(task);
    this.#open.add(task);
    this.#first = Math.min(this.#first, time);
  }

  #is(task: number, type: string | undefined): boolean {
    return "id" in this.#selector ? this.#selector.id === task : this.#selector.type === type;
  }
}
