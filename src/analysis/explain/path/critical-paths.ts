import { grown } from "../../../base/columns.js";
import { NONE } from "../../../base/ids.js";
import { type EventBlock, stackOf } from "../../../event/block.js";
import { EVENT_KINDS, EventKind, isAssist, isUser, kindsThat } from "../../../event/kind.js";
import type { Changes } from "../../../sched/changes.js";
import type { SchedModel } from "../../../sched/model.js";
import { Edge, SchedState } from "../../../sched/state.js";
import type { Analysis } from "../../analysis.js";
import { ProcSlots } from "../../proc-slots.js";
import { StackNumbers } from "../../profile/stack-numbers.js";
import { DOING_OF_STATE, Doing, doingOfReason } from "../doing.js";
import type { InstanceTimes } from "./instance-times.js";
import { type Instance, Instances, type PathQuery } from "./instances.js";
import { IntervalRing } from "./interval-ring.js";
import type { MeanPath, PathDifference, PathPart, PathReport } from "./path-report.js";
import { type PartNames, PathSums, partKey } from "./path-sums.js";
import { Stops } from "./stops.js";
import { type FollowedWait, type PieceVisitor, walkBack } from "./walk.js";

const K = EventKind;
const { None, Runnable, Running, SyscallBlocked, Waiting } = SchedState;
/** By kind of event: 1 if its stack is that of the goroutine that stops running. */
const ENDS_RUNNING = new Uint8Array(EVENT_KINDS.length);
for (const kind of [K.GoStop, K.GoBlock, K.GoSyscallBegin]) ENDS_RUNNING[kind] = 1;
/** A piece of an instance's path: a stretch in which one goroutine does one thing. */
export interface PathPiece {
  readonly since: number;
  readonly until: number;
  /** {@link Doing}. */
  readonly doing: Doing;
  /** Of the time: nanoseconds that stop-the-world took. */
  readonly stopped: number;
  /** The goroutine, and the number of its start function; −1 if unknown. */
  readonly goroutine: number;
  readonly func: number;
  /** Its stack: a number of {@link CriticalPaths.names}. */
  readonly stack: number;
  /** Stacks at which others wait for it meanwhile, from the instance's goroutine on. */
  readonly waits: readonly number[];
}

/** Takes a piece of an instance's path; pieces come from the last to the first. */
export type InstanceVisitor = (instance: Instance, piece: PathPiece) => void;

/** The most differences in a report. */
const DIFFERENCES = 20;

/**
 * The critical paths of regions, tasks or goroutines, in the second of two passes: {@link InstanceTimes} comes first. When
 * an instance ends, its path is found backwards through the last million intervals. What is older is unknown.
 */
export class CriticalPaths implements Analysis {
  readonly otherKinds = kindsThat(
    (kind) => isUser(kind) || isAssist(kind) || kind === K.StwBegin || kind === K.StwEnd,
  );
  readonly #of: PathReport["of"];
  readonly #times: InstanceTimes;
  readonly #instances: Instances;
  readonly #ring: IntervalRing;
  readonly #stops = new Stops();
  readonly #stacks = new StackNumbers();
  readonly #running = new ProcSlots();
  readonly #slow = new PathSums();
  readonly #middle = new PathSums();
  readonly #slowest = new PathSums();
  readonly #visit: InstanceVisitor | undefined;
  #model!: SchedModel;
  #block!: EventBlock;
  /** The event of the program at which an instance may end, or −1. */
  #userEvent = NONE;
  /** By slot: its goroutine, that one's current interval, and 1 while it assists the GC, with the stack of that. */
  #goroutine = new Float64Array(256).fill(NONE);
  #last = new Float64Array(256).fill(NONE);
  #assists = new Uint8Array(256);
  #assistStack = new Int32Array(256);

  /**
   * @param times of the first pass over the same trace
   * @param kept number of intervals that are remembered
   * @param visit takes every piece of every path, for tests and other displays
   */
  constructor(query: PathQuery, times: InstanceTimes, kept?: number, visit?: InstanceVisitor) {
    this.#of = "region" in query ? "region" : "goroutines" in query ? "goroutine" : "task";
    this.#times = times;
    this.#ring = new IntervalRing(kept);
    this.#visit = visit;
    this.#instances = new Instances(query, (instance) => this.#ended(instance));
  }

  start(model: SchedModel): void {
    this.#model = model;
  }

  block(block: EventBlock): void {
    this.#block = block;
    this.#stacks.enter(block.generation);
    this.#instances.block(block);
  }

  changes(changes: Changes): void {
    const { from, length, proc, slot: slots, to, toProc } = changes;
    for (let i = 0; i < length; i++) {
      const before = from[i] as number;
      const after = to[i] as number;
      if (before === after) continue;
      const slot = slots[i] as number;
      const creator = before === None ? this.#begin(changes, i) : NONE;
      if (before !== None) this.#endInterval(changes, i, before);
      if (after === None) this.#end(changes, i);
      else this.#beginInterval(changes, i, after, creator);
      if (before === Running && this.#running.get(proc[i] as number) === slot)
        this.#running.set(proc[i] as number, NONE);
      if (after === Running) this.#running.set(toProc[i] as number, slot);
    }
  }

  other(event: number): void {
    const { goroutine, kind, subject, time } = this.#block;
    const k = kind[event] as number;
    if (isUser(k)) {
      this.#userEvent = event;
      this.#instances.event(event, this.#runningOn(event));
      this.#userEvent = NONE;
    } else if (k === K.StwBegin) this.#stops.begin(time[event] as number, goroutine[event] as number);
    else if (k === K.StwEnd) this.#stops.end(time[event] as number);
    else if (k === K.AssistBegin || k === K.AssistActive || k === K.AssistEnd) {
      if (goroutine[event] === subject[event]) this.#assist(event, k !== K.AssistEnd);
    }
  }

  /** Names for the numbers in pieces. */
  get names(): PartNames {
    return { functions: this.#model.functions, stacks: this.#stacks };
  }

  /** The report; undefined without instances. */
  get report(): PathReport | undefined {
    const { slowest } = this.#times;
    if (slowest === undefined) return undefined;
    const { names } = this;
    const mean = (sums: PathSums): MeanPath => {
      const count = Math.max(1, sums.count);
      return { count: sums.count, duration: sums.duration / count, parts: sums.parts(names, count) };
    };
    const slow = mean(this.#slow);
    const middle = mean(this.#middle);
    return {
      of: this.#of,
      latency: this.#times.durations.distribution(),
      slowest: {
        id: slowest.id,
        time: slowest.since,
        duration: slowest.until - slowest.since,
        ...(slowest.traceId !== undefined && { traceId: slowest.traceId }),
        parts: this.#slowest.parts(names),
      },
      slow,
      middle,
      differences: differences(slow.parts, middle.parts),
    };
  }

  /** @returns the interval of the goroutine that creates the new one, or −1 */
  #begin({ edge, event: events, goroutine, slot: slots }: Changes, i: number): number {
    const slot = slots[i] as number;
    const event = events[i] as number;
    if (slot >= this.#last.length) this.#grow(slot + 1);
    this.#goroutine[slot] = goroutine[i] as number;
    this.#last[slot] = NONE;
    this.#assists[slot] = 0;
    const isSeen = edge[i] === Edge.Seen;
    this.#instances.begin(slot, this.#block.time[event] as number, isSeen);
    const creator = isSeen ? this.#runningOn(event) : NONE;
    return creator === NONE ? NONE : (this.#last[creator] as number);
  }

  #endInterval({ event: events, func, slot: slots }: Changes, i: number, state: number): void {
    const slot = slots[i] as number;
    const event = events[i] as number;
    const { kind, stack } = this.#block;
    const waker = state === Waiting ? this.#runningOn(event) : NONE;
    const endedBy = waker === NONE ? NONE : (this.#last[waker] as number);
    const isOwn = state === Running && ENDS_RUNNING[kind[event] as number] === 1;
    const own = isOwn ? this.#stacks.of(stack[event] as number) : 0;
    const endedAt = endedBy === NONE ? 0 : this.#stackOf(event);
    this.#ring.end(this.#last[slot] as number, endedBy, endedAt, own, func[i] as number);
  }

  #beginInterval(
    { event: events, func, goroutine, slot: slots, toReason }: Changes,
    i: number,
    state: number,
    creator: number,
  ): void {
    const slot = slots[i] as number;
    const event = events[i] as number;
    const { time } = this.#block;
    const doing = this.#doing(slot, state, toReason[i] as number);
    const number = this.#stackAt(slot, event, state, doing);
    const previous = this.#last[slot] as number;
    const id = goroutine[i] as number;
    this.#last[slot] = this.#ring.add(
      time[event] as number,
      doing,
      id,
      func[i] as number,
      number,
      previous,
      creator,
      creator === NONE ? 0 : this.#stackOf(event),
    );
  }

  /** The stack of a goroutine that begins to do something; 0 if only the end tells it. */
  #stackAt(slot: number, event: number, state: number, doing: number): number {
    const last = this.#last[slot] as number;
    // It loses its P within a system call, which goes on.
    if (state === SyscallBlocked && this.#ring.has(last)) return this.#ring.stack(last);
    // The stack of an event that makes a goroutine runnable is that of another one.
    const own = state === Runnable || state === Running ? 0 : this.#stackOf(event);
    return own === 0 && doing === Doing.Assisting ? (this.#assistStack[slot] as number) : own;
  }

  /** The stack of an event; 0 if it has none. */
  #stackOf(event: number): number {
    return this.#stacks.of(stackOf(this.#block, event));
  }

  #end({ event, goroutine, slot: slots }: Changes, i: number): void {
    const slot = slots[i] as number;
    this.#instances.end(slot, goroutine[i] as number, this.#block.time[event[i] as number] as number);
    this.#goroutine[slot] = NONE;
  }

  #assist(event: number, begins: boolean): void {
    const slot = this.#runningOn(event);
    if (slot === NONE) return;
    this.#assists[slot] = begins ? 1 : 0;
    const last = this.#last[slot] as number;
    const { time } = this.#block;
    const func = this.#model.goroutines.func[slot] as number;
    const number = begins ? this.#stackOf(event) : 0;
    this.#assistStack[slot] = number;
    this.#ring.end(last, NONE, 0, number, func);
    const doing = begins ? Doing.Assisting : Doing.Running;
    const id = this.#goroutine[slot] as number;
    this.#last[slot] = this.#ring.add(time[event] as number, doing, id, func, number, last);
  }

  #doing(slot: number, state: number, reason: number): number {
    if (this.#assists[slot] === 1) return Doing.Assisting;
    if (state !== Waiting || reason === NONE) return DOING_OF_STATE[state] as number;
    return doingOfReason(this.#model.reasons.text(reason));
  }

  /** The slot of the goroutine on which an event happens, or −1. */
  #runningOn(event: number): number {
    const { goroutine, proc } = this.#block;
    const slot = this.#running.get(proc[event] as number);
    return slot !== NONE && this.#goroutine[slot] === goroutine[event] ? slot : NONE;
  }

  /** An instance ends: finds its path. */
  #ended(instance: Instance): void {
    const { since, slot, until } = instance;
    const sums = this.#sumsOf(instance);
    if (sums.length === 0 && this.#visit === undefined) return;
    for (const each of sums) {
      each.count++;
      each.duration += until - since;
    }
    const count: PieceVisitor = (interval, stack, from, to, waits) =>
      this.#piece(instance, sums, interval, stack, from, to, waits);
    const endsAt = this.#userEvent === NONE ? 0 : this.#stackOf(this.#userEvent);
    walkBack(this.#ring, this.#last[slot] as number, since, until, endsAt, count);
  }

  #sumsOf({ since, until }: Instance): PathSums[] {
    const duration = until - since;
    const { p25, p75, p99, slowest } = this.#times;
    const sums: PathSums[] = [];
    if (duration >= p99) sums.push(this.#slow);
    if (duration >= p25 && duration <= p75) sums.push(this.#middle);
    if (this.#slowest.count === 0 && slowest?.since === since && slowest.until === until)
      sums.push(this.#slowest);
    return sums;
  }

  #piece(
    instance: Instance,
    sums: readonly PathSums[],
    interval: number,
    actsAt: number,
    since: number,
    until: number,
    waits: readonly FollowedWait[],
  ): void {
    const ring = this.#ring;
    const isKnown = interval !== NONE;
    const doing = (isKnown ? ring.doing(interval) : Doing.Unknown) as Doing;
    const func = isKnown ? ring.func(interval) : NONE;
    const isActing = doing === Doing.Running && actsAt !== 0;
    const stack = isActing ? actsAt : isKnown ? ring.stack(interval) : 0;
    let stopped = 0;
    if (doing === Doing.Runnable) stopped = this.#stops.within(since, until, undefined);
    else if (doing === Doing.Running) stopped = this.#stops.within(since, until, ring.goroutine(interval));
    for (const each of sums) {
      each.add(doing, func, stack, until - since - stopped);
      if (stopped > 0) each.add(Doing.Stopped, func, stack, stopped);
    }
    if (this.#visit === undefined) return;
    const goroutine = isKnown ? ring.goroutine(interval) : NONE;
    const stacks = waits.map((wait) => (ring.has(wait.interval) ? ring.stack(wait.interval) : 0));
    this.#visit(instance, { since, until, doing, stopped, goroutine, func, stack, waits: stacks });
  }

  #grow(length: number): void {
    const used = this.#last.length;
    this.#last = grown(this.#last, length).fill(NONE, used);
    this.#goroutine = grown(this.#goroutine, length).fill(NONE, used);
    this.#assists = grown(this.#assists, length);
    this.#assistStack = grown(this.#assistStack, length);
  }
}

function differences(slow: readonly PathPart[], middle: readonly PathPart[]): PathDifference[] {
  const before = new Map(middle.map((part) => [partKey(part), part.time]));
  return slow
    .map((part) => {
      const usual = before.get(partKey(part)) ?? 0;
      return { ...part, time: part.time - usual, slow: part.time, middle: usual };
    })
    .filter(({ time }) => time > 0)
    .sort((a, b) => b.time - a.time)
    .slice(0, DIFFERENCES);
}
