import { grown } from "../../base/columns.js";
import { NONE } from "../../base/ids.js";
import type { EventBlock } from "../../event/block.js";
import type { Changes } from "../../sched/changes.js";
import { SchedState } from "../../sched/state.js";
import { ALL, type Analysis, type Reported } from "../analysis.js";
import { StackNumbers } from "../profile/stack-numbers.js";
import { LineSites } from "./line-sites.js";
import { CALLING } from "./places.js";
import { SiteTable } from "./site-table.js";

const { None, Running, Syscall, SyscallBlocked } = SchedState;
/** The least nanoseconds of a long call. */
const LONG = 1e6;

/**
 * System calls and calls into C by place in the program. Those count that begin and end in the trace, as in the
 * syscall profile.
 */
export class SyscallSites implements Analysis {
  readonly stacks = new StackNumbers();
  readonly table = new SiteTable();
  /** By site: calls during which another thread took the P. */
  readonly lostProc: number[] = [];
  /** By site: the time of long calls: of those, and of others from {@link LONG} on. */
  readonly long: number[] = [];
  /** By stack: calls that have begun. */
  calls = new Float64Array(256);
  readonly #sites = new LineSites(this.stacks, this.table, CALLING);
  readonly #reported: Reported;
  #block!: EventBlock;
  /** By slot, of a call under way: its site or −1, its stack, when it began, and 1 if it has lost the P. */
  #site = new Int32Array(256).fill(NONE);
  #stack = new Int32Array(256);
  #since = new Float64Array(256);
  #lost = new Uint8Array(256);

  constructor(reported: Reported = ALL) {
    this.#reported = reported;
  }

  block(block: EventBlock): void {
    this.#block = block;
    this.stacks.enter(block.generation);
  }

  changes(changes: Changes): void {
    const { from, length, slot: slots, to } = changes;
    for (let i = 0; i < length; i++) {
      const before = from[i] as number;
      const after = to[i] as number;
      const isCall = after === Syscall || after === SyscallBlocked;
      if (before === Running) {
        if (isCall) this.#enter(changes, i);
      } else if (before === None) this.#begin(slots[i] as number);
      else if (before === Syscall || before === SyscallBlocked) {
        if (!isCall) this.#leave(changes, i);
        else if (after === SyscallBlocked) this.#lost[slots[i] as number] = 1;
      }
    }
  }

  finish(time: number): void {
    this.table.finish(time);
  }

  #begin(slot: number): void {
    if (slot >= this.#site.length) this.#grow(slot + 1);
    this.#site[slot] = NONE;
  }

  #enter({ event, goroutine, slot: slots, to }: Changes, i: number): void {
    const slot = slots[i] as number;
    if (!this.#reported.has(goroutine[i] as number)) return;
    const stack = this.stacks.of(this.#block.stack[event[i] as number] as number);
    const site = this.#sites.of(stack);
    if (stack >= this.calls.length) this.calls = grown(this.calls, stack + 1);
    this.calls[stack] = (this.calls[stack] as number) + 1;
    const time = this.#block.time[event[i] as number] as number;
    this.#site[slot] = site;
    this.#stack[slot] = stack;
    this.#since[slot] = time;
    this.#lost[slot] = to[i] === SyscallBlocked ? 1 : 0;
    this.table.enter(site, time);
  }

  #leave({ event, goroutine, slot: slots }: Changes, i: number): void {
    const slot = slots[i] as number;
    const site = this.#site[slot] as number;
    if (site === NONE) return;
    this.#site[slot] = NONE;
    const until = this.#block.time[event[i] as number] as number;
    const stack = this.#stack[slot] as number;
    this.table.leave(site, this.#since[slot] as number, until, goroutine[i] as number, stack);
    const lost = this.#lost[slot] as number;
    const duration = until - (this.#since[slot] as number);
    this.lostProc[site] = (this.lostProc[site] ?? 0) + lost;
    if (lost === 1 || duration >= LONG) this.long[site] = (this.long[site] ?? 0) + duration;
  }

  #grow(length: number): void {
    const used = this.#site.length;
    this.#site = grown(this.#site, length).fill(NONE, used);
    this.#stack = grown(this.#stack, length);
    this.#since = grown(this.#since, length);
    this.#lost = grown(this.#lost, length);
  }
}
