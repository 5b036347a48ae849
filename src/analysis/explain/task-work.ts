import { NONE } from "../../base/ids.js";
import type { Interner } from "../../base/interner.js";
import type { EventBlock } from "../../event/block.js";
import { EventKind } from "../../event/kind.js";
import { UserRegions } from "../profile/user-regions.js";

const K = EventKind;

/** What task each goroutine works for: that of its innermost region. A new goroutine inherits its creator's. */
export class TaskWork {
  readonly #regions = new UserRegions();
  /** The slots of goroutines that are older than a part, by id, until the regions have been told in which they are. */
  readonly #older = new Map<number, number>();
  #block!: EventBlock;

  /** The types of tasks by number. */
  get types(): Interner {
    return this.#regions.taskTypes;
  }

  block(block: EventBlock): void {
    this.#block = block;
    this.#regions.block(block);
    if (!block.generation?.isSnapshot) this.#older.clear();
  }

  /** A goroutine begins. @param creator the slot of the goroutine that creates it, or −1 */
  begin(slot: number, event: number, creator: number): void {
    const { kind, subject, time, value2 } = this.#block;
    if (kind[event] === K.GoSnapshot) {
      this.#regions.inherit(slot, value2[event] as number);
      this.#older.set(subject[event] as number, slot);
    } else this.#regions.stacks.create(slot, creator, time[event] as number);
  }

  /** A goroutine ends. */
  end(slot: number): void {
    this.#regions.endAll(slot);
  }

  /** An event of a task, or of a region. @param runningSlot the slot of the goroutine that runs on its P, or −1 */
  event(event: number, runningSlot: number): void {
    const { generation, goroutine, kind, value } = this.#block;
    const k = kind[event];
    // What is told at the edge of a part is on no P.
    const slot = generation?.isSnapshot ? (this.#older.get(goroutine[event] as number) ?? NONE) : runningSlot;
    if (k === K.TaskBegin || k === K.TaskEnd) this.#regions.task(this.#block, event);
    else if (slot === NONE) return;
    else if (k === K.RegionBegin) this.#regions.begin(slot, this.#block, event);
    else if (k === K.RegionEnd)
      this.#regions.stacks.end(slot, this.#regions.stacks.around(slot, value[event] as number));
  }

  /** Number of the type of the task that a goroutine works for; −1 if it is none, or unknown. */
  of(slot: number): number {
    const { stacks } = this.#regions;
    const region = stacks.innermost(slot);
    return region === NONE ? NONE : (stacks.task[region] as number);
  }
}
