import { NONE } from "../../base/ids.js";
import type { EventBlock } from "../../event/block.js";
import { RegionOrigin, RegionStacks } from "../../sched/regions.js";
import type { Reported } from "../analysis.js";
import type { GoroutineTimes } from "./goroutine-times.js";
import { RegionTypes } from "./region-types.js";
import type { RegionBegin, RegionEnd } from "./rows.js";
import { Time, TimesTable } from "./times-table.js";

/** An ended region. Its times are in {@link RegionTimes.times}. */
export interface FinishedRegion {
  readonly goroutine: number;
  readonly task: number;
  readonly name: string;
  readonly begin: RegionBegin;
  readonly end: RegionEnd;
  /** −1 if not in the trace. */
  readonly since: number;
  readonly until: number;
}

/** User regions, with what goroutines did in them. */
export class RegionTimes {
  readonly types = new RegionTypes();
  readonly stacks = new RegionStacks();
  /** Its only row has the times of the last region that ended. */
  readonly times = new TimesTable();
  readonly #goroutines: GoroutineTimes;
  /** The goroutine's times at the beginning of the region, by row of the region. */
  readonly #before = new TimesTable();
  readonly #isKept: (total: number) => boolean;
  readonly #keep: (region: FinishedRegion) => void;
  readonly #reported: Reported;

  /**
   * @param reported goroutines whose regions count
   * @param isKept whether to keep a region of theirs that took so long
   * @param keep called with such a region when it ends
   */
  constructor(
    goroutines: GoroutineTimes,
    reported: Reported,
    isKept: (total: number) => boolean,
    keep: (region: FinishedRegion) => void,
  ) {
    this.#goroutines = goroutines;
    this.#reported = reported;
    this.#isKept = isKept;
    this.#keep = keep;
    this.times.ensure(0);
  }

  /** A goroutine begins. @param creator the creator's slot, or −1 */
  create(slot: number, creator: number, time: number): void {
    this.#start(this.stacks.create(slot, creator, time));
  }

  /** A goroutine is older than the trace. @param task that it inherited, or −1 */
  inherit(slot: number, task: number): void {
    this.#start(this.stacks.inherit(slot, task));
  }

  #start(row: number): void {
    if (row === NONE) return;
    this.#before.ensure(row);
    this.#before.clear(row);
  }

  begin(slot: number, block: EventBlock, i: number): void {
    const time = block.time[i] as number;
    const type = this.types.begun(block.name[i] as number, block.stack[i] as number);
    // At the edge of a window it is only reported as open.
    const since = block.generation?.isSnapshot ? NONE : time;
    const row = this.stacks.begin(slot, type, block.subject[i] as number, since, RegionOrigin.Begun);
    this.#goroutines.snapshot(this.#before, row, slot, time);
  }

  /**
   * A region of a goroutine ends. It has the task and name of its beginning, also if inherited.
   * @returns whether its beginning is missing
   */
  end(slot: number, block: EventBlock, i: number): boolean {
    const time = block.time[i] as number;
    const row = this.stacks.around(slot, block.value[i] as number);
    this.#goroutines.snapshot(this.times, 0, slot, time);
    const goroutine = block.goroutine[i] as number;
    if (row === NONE) {
      const name = block.generation?.strings.text(block.name[i] as number) ?? "";
      const task = block.subject[i] as number;
      this.#finish(this.types.unseen(name), goroutine, task, "unseen", "ended", NONE, time);
      return true;
    }
    this.#end(slot, row, goroutine, "ended", time);
    return false;
  }

  /**
   * A goroutine or the trace has ended; its own times are final.
   * @param until when it ended; −1 if it did not
   * @returns the number of regions that end with it
   */
  endAll(slot: number, goroutine: number, until: number, isSystem: boolean): number {
    let count = 0;
    for (let row = this.stacks.innermost(slot); row !== NONE; row = this.stacks.innermost(slot)) {
      // A goroutine of the runtime is in no region, even if a GC created it within one.
      if (isSystem) this.stacks.end(slot);
      else {
        this.#goroutines.snapshot(this.times, 0, slot, 0);
        this.#end(slot, row, goroutine, until === NONE ? "unseen" : "goroutine-ended", until);
        count++;
      }
    }
    return count;
  }

  #end(slot: number, row: number, goroutine: number, end: RegionEnd, until: number): void {
    const { stacks } = this;
    this.times.subtract(0, this.#before, row);
    const inherited = stacks.origin[row] === RegionOrigin.Inherited;
    const begin = inherited ? "inherited" : "begun";
    const type = inherited ? this.types.inherited() : (stacks.name[row] as number);
    const task = stacks.task[row] as number;
    const since = stacks.since[row] as number;
    stacks.end(slot, row);
    this.#finish(type, goroutine, task, begin, end, since, until);
  }

  #finish(
    type: number,
    goroutine: number,
    task: number,
    begin: RegionBegin,
    end: RegionEnd,
    since: number,
    until: number,
  ): void {
    if (!this.#reported.has(goroutine)) return;
    const complete = begin === "begun" && since !== NONE && end === "ended";
    this.times.settle(0);
    this.types.add(type, this.times, 0, complete ? until - since : NONE);
    if (this.#isKept(this.times.get(0, Time.Total)))
      this.#keep({ goroutine, task, name: this.types.name(type), begin, end, since, until });
  }
}
