import { grown } from "../../base/columns.js";
import { NONE } from "../../base/ids.js";
import { type EventBlock, stackOf } from "../../event/block.js";
import { EventKind } from "../../event/kind.js";
import { ProcState } from "../../event/states.js";
import type { Changes } from "../../sched/changes.js";
import type { SchedModel } from "../../sched/model.js";
import { Edge, SchedState } from "../../sched/state.js";
import { ALL, type Analysis, type Reported } from "../analysis.js";
import { ProcSlots } from "../proc-slots.js";
import { StackNumbers } from "../profile/stack-numbers.js";
import { DOING_OF_STATE, DOINGS, Doing, doingOfReason, HELD_UP_WORDS } from "./doing.js";
import { GoroutineHistory } from "./goroutine-history.js";
import { OwnStacks } from "./own-stacks.js";
import { Load, ProgramLoad } from "./program-load.js";
import { RunFunctions } from "./run-functions.js";
import { SaturatedRuns } from "./saturated-runs.js";
import { SerialStretches } from "./serial-stretches.js";
import { SharedWaits } from "./shared-waits.js";
import { TaskWork } from "./task-work.js";
import { CONTESTED, WaitKind } from "./wait-kind.js";
import { WaitSites } from "./wait-sites.js";

const K = EventKind;
const { None, Running, SyscallBlocked, Waiting } = SchedState;
/** By {@link Doing}: 1 for those of {@link HELD_UP_WORDS}. */
const HELD_UP = Uint8Array.from({ length: DOINGS }, (_, doing) => (doing in HELD_UP_WORDS ? 1 : 0));
/** Of a wait for a group of goroutines: the share in which they must have run side by side. */
const SIDE_BY_SIDE = 0.05;
/** A wait for a channel or Cond that is shorter is the time that handing over takes. */
const HANDOVER = 10_000;

/**
 * For whom goroutines wait, and what those do meanwhile: waits for locks, channels, WaitGroups and Conds by place, and
 * how busy the Ps are. Waits count that begin and end in the trace, as in the sync profile.
 */
export class Waits implements Analysis {
  readonly otherKinds = [
    ...[K.ProcsChange, K.StwBegin, K.StwEnd, K.AssistBegin, K.AssistActive, K.AssistEnd],
    ...[K.TaskBegin, K.TaskEnd, K.RegionBegin, K.RegionEnd, K.GcActive, K.GcBegin, K.GcEnd],
    K.CpuSample,
  ];
  readonly stacks = new StackNumbers();
  readonly sites = new WaitSites(this.stacks);
  readonly load = new ProgramLoad();
  readonly functions = new RunFunctions(this.stacks);
  readonly runs = new SaturatedRuns(this.load, this.stacks, this.functions);
  readonly serial = new SerialStretches(this.load, this.stacks, this.functions, this.sites);
  readonly tasks = new TaskWork();
  readonly #own = new OwnStacks(this.stacks);
  readonly #history = new GoroutineHistory((stack) => this.#own.of(stack));
  readonly #shared = new SharedWaits(this.sites);
  readonly #running = new ProcSlots();
  readonly #reported: Reported;
  #model!: SchedModel;
  #block!: EventBlock;
  /** By slot: 1 while the goroutine assists the GC. */
  #assists = new Uint8Array(256);
  /** By slot, of a wait under way: its site or −1, its stack, and the program's load when it began. */
  #site = new Int32Array(256).fill(NONE);
  #stack = new Int32Array(256);
  #spare = new Float64Array(256);
  #alone = new Float64Array(256);
  #parallel = new Float64Array(256);
  /** By number of the reason: its {@link Doing}. */
  readonly #doingOfReason: number[] = [];
  readonly #split = new Float64Array(DOINGS);

  constructor(reported: Reported = ALL) {
    this.#reported = reported;
  }

  start(model: SchedModel): void {
    this.#model = model;
    this.functions.start(model);
    this.serial.start(model);
  }

  block(block: EventBlock): void {
    this.#block = block;
    this.stacks.enter(block.generation);
    this.tasks.block(block);
  }

  changes(changes: Changes): void {
    const {
      event: events,
      from,
      func,
      goroutine: ids,
      length,
      proc,
      slot: slots,
      to,
      toProc,
      toReason,
    } = changes;
    const { time } = this.#block;
    const { load, runs, serial } = this;
    for (let i = 0; i < length; i++) {
      const slot = slots[i] as number;
      const id = ids[i] as number;
      const before = from[i] as number;
      const after = to[i] as number;
      const event = events[i] as number;
      const now = time[event] as number;
      load.change(before, after, now);
      if (before === None) this.#begin(slot, id, event);
      if (before === Running) {
        const stack = stackOf(this.#block, event);
        runs.end(slot, changes, i, stack);
        serial.end(slot, changes, i, stack);
        if (this.#running.get(proc[i] as number) === slot) this.#running.set(proc[i] as number, NONE);
      }
      if (after === before) continue;
      const waker = before === Waiting ? this.#actorOf(event) : NONE;
      const site = this.#site[slot] as number;
      const isShared = before === Waiting && this.#shared.end(site, waker, now);
      const isCounted = before === Waiting && site !== NONE && this.#end(changes, i, site, waker, isShared);
      if (waker !== NONE && serial.isLong)
        serial.wake(waker, isCounted ? site : NONE, func[i] as number, stackOf(this.#block, event), now);
      const doing = this.#doing(slot, after, toReason[i] as number);
      this.#history.change(slot, id, now, doing, waker, isShared, this.#stackOf(after, doing, event));
      if (after === Running) {
        runs.begin(slot);
        serial.begin(slot);
        this.#running.set(toProc[i] as number, slot);
      } else if (after === Waiting) this.#wait(changes, i);
      else if (after === None) this.tasks.end(slot);
    }
  }

  /** The slot of the goroutine that runs on a P, or −1. */
  runningOn(proc: number): number {
    return this.#running.get(proc);
  }

  proc(slot: number, event: number): void {
    const { running } = this.#model.procs;
    const now = this.#block.to[event] === ProcState.Running ? 1 : 0;
    this.load.setHeld(now - (running[slot] as number), this.#block.time[event] as number);
  }

  other(event: number): void {
    const { goroutine, kind, proc, subject, time, value } = this.#block;
    const now = time[event] as number;
    switch (kind[event]) {
      case K.ProcsChange:
        this.load.setProcs(value[event] as number, now);
        break;
      case K.StwBegin:
        this.load.setStops(1, now);
        break;
      case K.StwEnd:
        this.load.setStops(-1, now);
        break;
      case K.CpuSample:
        this.#sample(proc[event] as number, now);
        break;
      case K.GcActive:
      case K.GcBegin:
      case K.GcEnd:
        this.load.advance(now);
        this.serial.cycle(kind[event] !== K.GcEnd);
        break;
      case K.AssistBegin:
      case K.AssistActive:
      case K.AssistEnd:
        if (goroutine[event] === subject[event])
          this.#assist(this.#running.get(proc[event] as number), event, kind[event] !== K.AssistEnd);
        break;
      case K.TaskBegin:
      case K.TaskEnd:
      case K.RegionBegin:
      case K.RegionEnd:
        this.tasks.event(event, this.#running.get(proc[event] as number));
        break;
    }
  }

  #sample(proc: number, time: number): void {
    const slot = this.#running.get(proc);
    const since = slot === NONE ? 0 : (this.#model.goroutines.since[slot] as number);
    this.runs.sample(time, proc, slot, since);
  }

  finish(time: number): void {
    this.load.advance(time);
    this.serial.finish(time);
    this.sites.table.finish(time);
  }

  #begin(slot: number, id: number, event: number): void {
    if (slot >= this.#site.length) this.#grow(slot + 1);
    this.#site[slot] = NONE;
    this.#assists[slot] = 0;
    this.#shared.begin(slot);
    const creator = this.#actorOf(event);
    this.tasks.begin(slot, event, creator);
    this.#history.begin(slot, id);
    this.runs.ensure(slot);
    this.serial.enter(slot);
    if (creator !== NONE && this.serial.isLong) this.#created(slot, creator, event);
  }

  #created(slot: number, creator: number, event: number): void {
    const { stack, time } = this.#block;
    const func = this.#model.goroutines.func[slot] as number;
    this.serial.wake(creator, NONE, func, stack[event] as number, time[event] as number);
  }

  #assist(slot: number, event: number, begins: boolean): void {
    const { goroutine, time } = this.#block;
    const id = goroutine[event] as number;
    if (!this.#history.has(slot, id)) return;
    this.#assists[slot] = begins ? 1 : 0;
    this.#history.change(slot, id, time[event] as number, begins ? Doing.Assisting : Doing.Running, NONE);
  }

  #doing(slot: number, state: number, reason: number): number {
    if (state === Waiting) return this.#assists[slot] === 1 ? Doing.Assisting : this.#ofReason(reason);
    if (state === Running && this.#assists[slot] === 1) return Doing.Assisting;
    return DOING_OF_STATE[state] as number;
  }

  /** Where a goroutine is that begins to keep others waiting without running, as the history takes it. */
  #stackOf(state: number, doing: number, event: number): number {
    if (state === SyscallBlocked) return NONE;
    if (HELD_UP[doing] !== 1) return 0;
    return this.stacks.of(this.#block.stack[event] as number);
  }

  #ofReason(reason: number): number {
    if (reason === NONE) return Doing.Blocked;
    let doing = this.#doingOfReason[reason];
    if (doing === undefined) {
      doing = doingOfReason(this.#model.reasons.text(reason));
      this.#doingOfReason[reason] = doing;
    }
    return doing;
  }

  /** The slot of the goroutine that does an event, such as the end of a wait; −1 for none. */
  #actorOf(event: number): number {
    const { goroutine, proc } = this.#block;
    const id = goroutine[event] as number;
    if (id < 0) return NONE;
    const slot = this.#running.get(proc[event] as number);
    return this.#history.has(slot, id) ? slot : NONE;
  }

  #wait({ event, goroutine, slot: slots, toReason }: Changes, i: number): void {
    const slot = slots[i] as number;
    const reason = toReason[i] as number;
    this.#site[slot] = NONE;
    if (reason === NONE) return;
    const { stack: stacks, time } = this.#block;
    const stack = this.stacks.of(stacks[event[i] as number] as number);
    const site = this.sites.of(stack, reason, this.#text);
    if (site === NONE) return;
    // Also of goroutines that are not reported: they may have what others wait for.
    this.#shared.wait(slot, site);
    if (!this.#reported.has(goroutine[i] as number)) return;
    const { times } = this.load;
    this.#site[slot] = site;
    this.#stack[slot] = stack;
    this.#spare[slot] = times[Load.Spare] as number;
    this.#alone[slot] = times[Load.Alone] as number;
    this.#parallel[slot] = times[Load.Parallel] as number;
    this.sites.table.enter(site, time[event[i] as number] as number);
  }

  /**
   * @param isShared as {@link SharedWaits} says
   * @returns whether any of the wait counts
   */
  #end(changes: Changes, i: number, site: number, waker: number, isShared: boolean): boolean {
    const slot = changes.slot[i] as number;
    const since = changes.since[i] as number;
    const event = changes.event[i] as number;
    const until = this.#block.time[event] as number;
    const { sites } = this;
    this.#site[slot] = NONE;
    sites.table.leave(site, since, until, changes.goroutine[i] as number, this.#stack[slot] as number);
    const duration = until - since;
    if (waker === NONE || duration <= 0 || changes.sinceEdge[i] !== Edge.Seen) return false;
    const split = this.#split;
    for (let doing = 0; doing < DOINGS; doing++) split[doing] = 0;
    this.#history.split(waker, since, until, split, sites.places[site]);
    const { doing: sums } = sites;
    for (let doing = 0, at = site * DOINGS; doing < DOINGS; doing++, at++)
      sums[at] = (sums[at] as number) + (split[doing] as number);
    const cost = this.#cost(slot, waker, sites.kind[site] as number, duration, isShared);
    if (cost <= 0) return false;
    if (isShared) sites.shared[site] = (sites.shared[site] as number) + cost;
    sites.cost[site] = (sites.cost[site] as number) + cost;
    sites.squares[site] =
      (sites.squares[site] as number) + this.#shared.square(sites.kind[site] as number, cost);
    sites.releases[site]?.add(this.stacks.of(this.#block.stack[event] as number), cost);
    const { func, id } = this.#model.goroutines;
    sites.wakers[site]?.add(func[waker] as number, cost);
    if (!CONTESTED.has(sites.kind[site] as number)) return true;
    const { keeper } = this.#history;
    if (keeper === NONE) sites.keepers.add(site, NONE, cost);
    else sites.keepers.add(site, id[keeper] as number, cost, func[keeper]);
    return true;
  }

  /**
   * How much of a wait counts, by the rules in docs/explain.md.
   * @param isShared as {@link SharedWaits} says
   */
  #cost(slot: number, waker: number, kind: number, duration: number, isShared: boolean): number {
    const { times } = this.load;
    const split = this.#split;
    if (kind === WaitKind.Lock) return duration;
    if (kind === WaitKind.Runtime) return 0;
    // A goroutine that waits to run is not slow: Ps are few, or the scheduler is.
    const busy =
      (split[Doing.Running] as number) +
      (split[Doing.Syscall] as number) +
      (split[Doing.Assisting] as number);
    if (kind === WaitKind.WaitGroup && !isShared) {
      const parallel = (times[Load.Parallel] as number) - (this.#parallel[slot] as number);
      if (parallel < SIDE_BY_SIDE * duration) return 0;
      return Math.min(busy, (times[Load.Alone] as number) - (this.#alone[slot] as number));
    }
    if (duration < HANDOVER) return 0;
    if (kind === WaitKind.Send || isShared) {
      const { Lock, Network, Sleeping } = Doing;
      return busy + (split[Sleeping] as number) + (split[Network] as number) + (split[Lock] as number);
    }
    // Whoever only waits for a goroutine that it created has nothing else to do.
    const { creator, id } = this.#model.goroutines;
    if (creator[waker] === id[slot]) return 0;
    return Math.min(busy, (times[Load.Spare] as number) - (this.#spare[slot] as number));
  }

  readonly #text = (reason: number): string => this.#model.reasons.text(reason);

  #grow(length: number): void {
    const used = this.#site.length;
    this.#site = grown(this.#site, length).fill(NONE, used);
    this.#assists = grown(this.#assists, length);
    this.#stack = grown(this.#stack, length);
    this.#spare = grown(this.#spare, length);
    this.#alone = grown(this.#alone, length);
    this.#parallel = grown(this.#parallel, length);
  }
}
