/*
 * Builds profiles. `StackNumbers` numbers the stacks of all generations by their PCs. `SampleTable` sums by
 * activity, stack, function, reason, region and task, so one table serves every kind of profile. A kind
 * selects rows of it (`kinds.ts`).
 *
 * Two filters precede the table. `RegionFilter` knows only at a region's end whether the region matches.
 * `Lives` knows only later whether a goroutine runs, what its function is and whether its id is reused. Both
 * keep sums by row (`Tally`), not intervals. Memory grows with distinct stacks and labels and with live
 * goroutines.
 */

import { checkedName, checkedNumber } from "../../base/checked.js";
import { NONE } from "../../base/ids.js";
import { SlotIndex } from "../../base/slot-index.js";
import { creatorOf, type EventBlock, stackOf } from "../../event/block.js";
import type { ClockSnapshot } from "../../event/generation.js";
import { EVENT_KINDS, EventKind, RegionMatch } from "../../event/kind.js";
import { isCgoEntry, isSystem } from "../../event/start-frame.js";
import type { Changes } from "../../sched/changes.js";
import type { SchedModel } from "../../sched/model.js";
import type { NewNames } from "../../sched/new-names.js";
import { Edge, SchedState } from "../../sched/state.js";
import type { Analysis } from "../analysis.js";
import { ProcSlots } from "../proc-slots.js";
import { ACTIVITY_OF_STATE, Activity, Interests, KIND_NAMES, type ProfileKind } from "./kinds.js";
import { type GoroutineFilter, Lives } from "./lives.js";
import { OpenIntervals } from "./open-intervals.js";
import type { Profile, ProfileStream } from "./profile.js";
import { profileOf, type SampleNames } from "./profile-rows.js";
import { RegionFilter, type RegionQuery } from "./region-filter.js";
import { SampleTable } from "./sample-table.js";
import { StackNumbers } from "./stack-numbers.js";
import { UserRegions } from "./user-regions.js";

const K = EventKind;
const { None, Running } = SchedState;
/** A goroutine that waits for this never returns, so its regions end. */
const FOREVER = "forever";
/** By kind of event: 1 if its stack is that of the goroutine that stops running. */
const ENDS_RUNNING = new Uint8Array(EVENT_KINDS.length);
for (const kind of [K.GoStop, K.GoBlock, K.GoSyscallBegin, K.RegionBegin, K.RegionEnd])
  ENDS_RUNNING[kind] = 1;

export interface ProfilesOptions {
  /** The kinds for {@link Profiles.profile}. One pass serves any number. */
  readonly kinds: readonly ProfileKind[];
  /** Limits profiles to these times, from `from` up to `to`, in nanoseconds since the start of the trace. */
  readonly from?: number;
  readonly to?: number;
  readonly goroutine?: GoroutineFilter;
  readonly region?: RegionQuery;
  /** Whether to count the time before a goroutine's first run, which the official tool leaves out. */
  readonly fromCreation?: boolean;
}

/**
 * Where goroutines spend their time, by stack: the profiles of `go tool trace -pprof`, to the interval and
 * the nanosecond, and others built in the same way.
 *
 * 1. An interval lasts from the event that begins a state to the one that ends it, and has the stack of the
 *    first. A state that began before the trace counts from its first mention. A state that is open at the
 *    end does not count.
 * 2. A running goroutine has no stack at the beginning, so its interval has the stack of the end. The
 *    beginnings and ends of regions divide the run into parts. Only the first part adds to the number of
 *    intervals.
 * 3. Time outside of the requested range is cut off. {@link RegionFilter} applies to regions, and
 *    {@link Lives} to goroutines. With regions the official tool does not consider lives.
 */
export class Profiles implements Analysis {
  readonly otherKinds = [K.TaskBegin, K.TaskEnd, K.RegionBegin, K.RegionEnd, K.CpuSample];
  /** The wall clock reading that applies at the start, if any. */
  clock: ClockSnapshot | undefined;
  readonly #options: ProfilesOptions;
  readonly #from: number;
  readonly #to: number;
  readonly #interests: Interests;
  readonly #open = new OpenIntervals();
  readonly #table = new SampleTable();
  readonly #stacks = new StackNumbers();
  readonly #regions = new UserRegions();
  /** By P: slot of the goroutine that ran last. */
  readonly #running = new ProcSlots();
  /** For CPU samples, which may come after their goroutine stopped. */
  readonly #slots = new SlotIndex();
  #model!: SchedModel;
  #lives!: Lives;
  #filter: RegionFilter | undefined;
  #block!: EventBlock;
  #first = true;
  #duration = 0;

  /** @throws RangeError for an unknown kind or an invalid time */
  constructor(options: ProfilesOptions) {
    for (const kind of options.kinds) checkedName("each of kinds", kind, KIND_NAMES);
    this.#options = options;
    this.#from = checkedNumber("from", options.from ?? 0);
    this.#to = checkedNumber("to", options.to ?? Number.POSITIVE_INFINITY);
    this.#interests = new Interests(options.kinds, options.region !== undefined);
  }

  /** Number of goroutines that passed the filter. */
  get goroutines(): number {
    return this.#lives.selected;
  }

  /** Number of regions with the requested name, and of those with the requested duration. */
  get regions(): { readonly named: number; readonly matches: number } {
    return { named: this.#filter?.named ?? 0, matches: this.#filter?.matches ?? 0 };
  }

  /** The names of all regions. */
  get regionNames(): string[] {
    const { names } = this.#regions;
    return Array.from({ length: names.size }, (_, number) => names.text(number));
  }

  /**
   * The profile of a requested kind, after the pass.
   * @param reason filters the reasons of waiting that belong to the kind
   * @throws RangeError for a kind that was not requested
   */
  profile(kind: ProfileKind, reason?: RegExp): Profile {
    const stream = this.stream(kind, reason);
    return { ...stream, kind, samples: [...stream.samples] };
  }

  /** The same, with samples that are made when they are asked for. */
  stream(kind: ProfileKind, reason?: RegExp): ProfileStream {
    checkedName("a kind that was asked for", kind, this.#options.kinds);
    const end = Math.min(this.#to, this.#duration);
    return profileOf(this.#table, this.#names, {
      kind,
      ...(reason && { reason }),
      duration: Math.max(0, end - this.#from),
    });
  }

  get #names(): SampleNames {
    const { functions, reasons } = this.#model;
    const { names: regions, taskTypes } = this.#regions;
    return { functions, reasons, regions, taskTypes, stacks: this.#stacks };
  }

  start(model: SchedModel): void {
    const { fromCreation, goroutine, region } = this.#options;
    this.#model = model;
    const clips = region === undefined && !fromCreation;
    this.#lives = new Lives(model.functions, this.#open, this.#table, clips, goroutine);
    if (region !== undefined) this.#filter = new RegionFilter(this.#regions, this.#lives, region);
  }

  block(block: EventBlock): void {
    this.#block = block;
    if (this.#first) this.clock = block.generation?.wallClock;
    this.#first = false;
    this.#stacks.enter(block.generation);
    this.#regions.block(block);
  }

  changes(changes: Changes): void {
    const { from, length, names, to } = changes;
    const { enters, leaves } = this.#interests;
    let named = 0;
    for (let i = 0; i < length; i++) {
      while (named < names.length && (names.place[named] as number) <= i) this.#named(names, named++);
      const before = from[i] as number;
      const after = to[i] as number;
      if (leaves[before] === 1 || after === None) this.#left(changes, i, before, after);
      if (enters[after] === 1 || before === None) this.#entered(changes, i, before, after);
    }
    while (named < names.length) this.#named(names, named++);
  }

  other(event: number): void {
    const kind = this.#block.kind[event] as number;
    if (kind === K.RegionBegin || kind === K.RegionEnd) this.#region(event, kind);
    else if (kind === K.TaskBegin || kind === K.TaskEnd) this.#regions.task(this.#block, event);
    else if (kind === K.CpuSample && this.#interests.activities[Activity.Sampled] === 1) this.#sampled(event);
  }

  cut(slot: number, time: number): void {
    this.#end(slot, time);
  }

  finish(time: number): void {
    this.#lives.finish();
    this.#duration = Number.isNaN(time) ? 0 : time;
  }

  #named({ func, slot: slots, stack: stacks }: NewNames, i: number): void {
    const slot = slots[i] as number;
    const stack = stacks[i] as number;
    this.#open.ensure(slot);
    this.#open.func[slot] = func[i] as number;
    this.#open.root[slot] =
      this.#interests.activities[Activity.Running] === 1 ? this.#stacks.rootOf(stack) : 0;
    const root = this.#block.generation?.stacks.frames(stack).at(-1);
    // A goroutine that has not begun is handled when it does.
    if (this.#open.goroutine[slot] !== NONE)
      this.#lives.named(slot, root !== undefined && isCgoEntry(root.func));
  }

  #left({ event: events, reason, slot: slots }: Changes, i: number, state: number, to: number): void {
    const slot = slots[i] as number;
    const event = events[i] as number;
    const activity = ACTIVITY_OF_STATE[state] as number;
    if (this.#interests.activities[activity] === 1 && ACTIVITY_OF_STATE[to] !== activity) {
      if (activity === Activity.Running) this.#ran(slot, event);
      else if (to !== Running || this.#lives.countsBefore(slot))
        this.#interval(slot, activity, event, this.#open.stack[slot] as number, reason[i] as number);
    }
    if (to === None) this.#end(slot, this.#block.time[event] as number);
  }

  #entered(changes: Changes, i: number, from: number, state: number): void {
    const slot = changes.slot[i] as number;
    const event = changes.event[i] as number;
    if (from === None) this.#begin(changes, i);
    const activity = ACTIVITY_OF_STATE[state] as number;
    if (activity === ACTIVITY_OF_STATE[from]) return;
    if (activity === Activity.Running) this.#runs(slot, changes.toProc[i] as number);
    else if (activity === Activity.Waiting && this.#filter !== undefined)
      this.#endForever(slot, event, changes.toReason[i] as number);
    if (this.#interests.activities[activity] === 0) return;
    const block = this.#block;
    this.#open.since[slot] = block.time[event] as number;
    if (activity === Activity.Running) return;
    this.#open.stack[slot] = this.#stacks.of(stackOf(block, event));
  }

  #runs(slot: number, proc: number): void {
    this.#open.isCounted[slot] = 0;
    this.#running.set(proc, slot);
    this.#lives.ran(slot);
  }

  #begin(changes: Changes, i: number): void {
    const open = this.#open;
    const block = this.#block;
    const event = changes.event[i] as number;
    const slot = changes.slot[i] as number;
    const id = changes.goroutine[i] as number;
    const kind = block.kind[event] as number;
    open.ensure(slot);
    if (kind === K.GoSnapshot) this.#regions.inherit(slot, block.value2[event] as number);
    else {
      const creator = creatorOf(block, event) === NONE ? NONE : this.#runningOn(event);
      this.#regions.stacks.create(slot, creator, block.time[event] as number);
    }
    open.goroutine[slot] = id;
    open.func[slot] = changes.func[i] as number;
    if (this.#interests.activities[Activity.Sampled] === 1) this.#slots.set(id, slot);
    if (changes.func[i] === NONE) open.root[slot] = 0;
    this.#lives.begin(slot, kind === K.GoCreateSyscall);
    this.#filter?.begin(slot, changes.edge[i] === Edge.Cut);
  }

  #end(slot: number, time: number): void {
    const { goroutine } = this.#open;
    this.#endRegions(slot, time);
    this.#lives.end(slot);
    if (this.#interests.activities[Activity.Sampled] === 1) this.#slots.delete(goroutine[slot] as number);
    goroutine[slot] = NONE;
  }

  #endRegions(slot: number, time: number): void {
    const func = this.#model.functions.text(this.#open.func[slot] as number);
    if (this.#filter !== undefined) this.#filter.endAll(slot, time, isSystem(func));
    else this.#regions.endAll(slot);
  }

  #endForever(slot: number, event: number, reason: number): void {
    if (reason !== NONE && this.#model.reasons.text(reason) === FOREVER)
      this.#endRegions(slot, this.#block.time[event] as number);
  }

  #region(event: number, kind: number): void {
    const block = this.#block;
    const slot = this.#runningOn(event);
    if (slot === NONE) return;
    if (this.#interests.activities[Activity.Running] === 1) {
      this.#ran(slot, event);
      this.#open.since[slot] = block.time[event] as number;
    }
    if (kind === K.RegionBegin) {
      // Only the first part within the window counts.
      if (this.#filter?.isWithin(slot) === false) this.#open.isCounted[slot] = 0;
      this.#regions.begin(slot, block, event);
      return;
    }
    const within = block.value[event] as number;
    if (within === RegionMatch.None) return;
    const region = this.#regions.stacks.around(slot, within);
    this.#filter?.endRegion(slot, region, this.#regions.nameOf(block, event), block.time[event] as number);
    this.#regions.stacks.end(slot, region);
  }

  /** The slot of the goroutine that runs where an event happens, or −1. */
  #runningOn(event: number): number {
    const block = this.#block;
    const slot = this.#running.get(block.proc[event] as number);
    return this.#open.goroutine[slot] === block.goroutine[event] ? slot : NONE;
  }

  /** A goroutine has run up to an event. */
  #ran(slot: number, event: number): void {
    const block = this.#block;
    const isOwn = ENDS_RUNNING[block.kind[event] as number] === 1;
    const stack = isOwn ? this.#stacks.of(block.stack[event] as number) : 0;
    this.#interval(slot, Activity.Running, event, stack || (this.#open.root[slot] as number), NONE);
  }

  #interval(slot: number, activity: number, event: number, stack: number, reason: number): void {
    const end = this.#block.time[event] as number;
    const delay = Math.min(end, this.#to) - Math.max(this.#open.since[slot] as number, this.#from);
    if (delay <= 0 || this.#filter?.lacks(slot)) return;
    let count = 1;
    if (activity === Activity.Running) {
      count = 1 - (this.#open.isCounted[slot] as number);
      this.#open.isCounted[slot] = 1;
    }
    this.#add(slot, activity, stack, reason, count, delay);
  }

  #sampled(event: number): void {
    const block = this.#block;
    const time = block.time[event] as number;
    if (time < this.#from || time >= this.#to) return;
    const goroutine = block.goroutine[event] as number;
    const slot = this.#slots.get(goroutine);
    const stack = this.#stacks.of(block.stack[event] as number);
    if (slot !== NONE) {
      if (!this.#filter?.lacks(slot)) this.#add(slot, Activity.Sampled, stack, NONE, 1, 0);
    } else if (this.#filter === undefined && (this.#options.goroutine?.(goroutine, "") ?? true))
      this.#table.add(this.#table.row(Activity.Sampled, stack, NONE, NONE, NONE, NONE), 1, 0);
  }

  #add(slot: number, activity: number, stack: number, reason: number, count: number, delay: number): void {
    const { name, task } = this.#regions.stacks;
    const innermost = this.#regions.stacks.innermost(slot);
    const region = innermost === NONE ? NONE : (name[innermost] as number);
    const type = innermost === NONE ? NONE : (task[innermost] as number);
    const func = this.#open.func[slot] as number;
    const row = this.#table.row(activity, stack, func, reason, region, type);
    (this.#filter ?? this.#lives).add(slot, row, count, delay);
  }
}
