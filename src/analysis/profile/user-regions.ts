import { BACKGROUND_TASK, NONE } from "../../base/ids.js";
import { Interner } from "../../base/interner.js";
import type { EventBlock } from "../../event/block.js";
import { EventKind } from "../../event/kind.js";
import { TextNumbers } from "../../event/text-numbers.js";
import { RegionOrigin, RegionStacks } from "../../sched/regions.js";

/** User regions of goroutines, by name and type of task. Names and types are few; ids of tasks are many. */
export class UserRegions {
  readonly names = new Interner();
  readonly taskTypes = new Interner();
  /** Rows of regions. Their names are numbers in {@link names}, their tasks in {@link taskTypes}. */
  readonly stacks = new RegionStacks();
  readonly #names = new TextNumbers(this.names);
  readonly #types = new TextNumbers(this.taskTypes);
  /** Types of open tasks, by id. */
  readonly #tasks = new Map<number, number>();
  /** Rows of inherited regions by the id of their task, which comes after them in a snapshot. */
  readonly #awaiting = new Map<number, number[]>();

  block(block: EventBlock): void {
    this.#names.enter(block.generation);
    this.#types.enter(block.generation);
  }

  begin(slot: number, block: EventBlock, i: number): void {
    const id = block.subject[i] as number;
    const type = id === BACKGROUND_TASK ? NONE : (this.#tasks.get(id) ?? NONE);
    this.stacks.begin(slot, this.nameOf(block, i), type, block.time[i] as number, RegionOrigin.Begun);
  }

  /** A goroutine is older than the trace. @param task the inherited task, or −1 */
  inherit(slot: number, task: number): void {
    const row = this.stacks.inherit(slot, task);
    if (row === NONE) return;
    this.stacks.task[row] = NONE;
    const rows = this.#awaiting.get(task);
    if (rows === undefined) this.#awaiting.set(task, [row]);
    else rows.push(row);
  }

  /** A goroutine ends, and its regions. */
  endAll(slot: number): void {
    while (this.stacks.innermost(slot) !== NONE) this.stacks.end(slot);
  }

  /** Number of the name in a region's event. */
  nameOf(block: EventBlock, i: number): number {
    return this.#names.of(block.name[i] as number);
  }

  task(block: EventBlock, i: number): void {
    const id = block.subject[i] as number;
    if (block.kind[i] === EventKind.TaskBegin) this.#begin(id, this.#types.of(block.name[i] as number));
    else this.#tasks.delete(id);
  }

  #begin(task: number, type: number): void {
    this.#tasks.set(task, type);
    if (this.#awaiting.size === 0) return;
    for (const row of this.#awaiting.get(task) ?? []) this.stacks.task[row] = type;
    this.#awaiting.delete(task);
  }
}
