import { NONE } from "../../base/ids.js";
import type { EventBlock } from "../../event/block.js";
import { EventKind } from "../../event/kind.js";
import type { SchedModel } from "../../sched/model.js";
import type { Analysis } from "../analysis.js";
import { StackNumbers } from "../profile/stack-numbers.js";
import { LineSites } from "./line-sites.js";
import { WAITING } from "./places.js";
import { SiteTable } from "./site-table.js";
import { TakenTime } from "./taken-time.js";
import type { Waits } from "./waits.js";

const K = EventKind;
/** Beyond this many at once, further assists are left out; each P has at most a few. */
const OPEN = 1 << 16;

type AssistingWaits = Pick<Waits, "functions" | "runningOn" | "tasks">;

interface OpenAssist {
  readonly site: number;
  readonly stack: number;
  readonly since: number;
  /** Number of the function that the goroutine runs. */
  readonly func: number;
}

/** Mark assists by the place that allocates. Those that began before the trace have no place. */
export class AssistSites implements Analysis {
  readonly otherKinds = [K.AssistBegin, K.AssistEnd];
  readonly stacks = new StackNumbers();
  readonly table = new SiteTable();
  readonly taken = new TakenTime();
  readonly #sites = new LineSites(this.stacks, this.table, WAITING);
  readonly #open = new Map<number, OpenAssist>();
  readonly #waits: AssistingWaits;
  #model!: SchedModel;
  #block!: EventBlock;

  /** @param waits knows which goroutine runs on a P, what, and for which task */
  constructor(waits: AssistingWaits) {
    this.#waits = waits;
  }

  start(model: SchedModel): void {
    this.#model = model;
  }

  block(block: EventBlock): void {
    this.#block = block;
    this.stacks.enter(block.generation);
  }

  other(event: number): void {
    const { kind, subject } = this.#block;
    if (kind[event] === K.AssistBegin) this.#begin(event, subject[event] as number);
    else if (kind[event] === K.AssistEnd) this.#end(event, subject[event] as number);
  }

  finish(time: number): void {
    this.table.finish(time);
  }

  #begin(event: number, goroutine: number): void {
    if (this.#open.size >= OPEN || this.#open.has(goroutine)) return;
    const { proc, stack: stacks, time } = this.#block;
    const stack = this.stacks.of(stacks[event] as number);
    const site = this.#sites.of(stack);
    const since = time[event] as number;
    const func = this.#functionOf(goroutine, this.#waits.runningOn(proc[event] as number));
    const run = this.#waits.functions.of(func, stacks[event] as number);
    this.#open.set(goroutine, { site, stack, since, func: run });
    this.table.enter(site, since);
  }

  #end(event: number, goroutine: number): void {
    const open = this.#open.get(goroutine);
    if (open === undefined) return;
    this.#open.delete(goroutine);
    const until = this.#block.time[event] as number;
    const slot = this.#waits.runningOn(this.#block.proc[event] as number);
    this.taken.add(open.func, this.#waits.tasks.of(slot), until - open.since);
    this.table.leave(open.site, open.since, until, goroutine, open.stack);
  }

  /** Number of the start function of a goroutine in a slot; −1 if unknown. */
  #functionOf(goroutine: number, slot: number): number {
    const { goroutines } = this.#model;
    return goroutines.has(slot, goroutine) ? (goroutines.func[slot] as number) : NONE;
  }
}
