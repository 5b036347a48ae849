import { grown } from "../../base/columns.js";
import { NONE } from "../../base/ids.js";
import { type EventBlock, stackOf } from "../../event/block.js";
import { EventKind } from "../../event/kind.js";
import type { Changes } from "../../sched/changes.js";
import type { SchedModel } from "../../sched/model.js";
import { Edge, SchedState } from "../../sched/state.js";
import { ALL, type Analysis, type Reported } from "../analysis.js";
import { StackNumbers } from "../profile/stack-numbers.js";
import { Herds, type Lived } from "./herds.js";
import { LockedThreads } from "./locked-threads.js";
import type { ProgramLoad } from "./program-load.js";
import { SleepLoops } from "./sleep-loops.js";

const K = EventKind;
const { None, Runnable, Running, Syscall, Waiting } = SchedState;
/** A goroutine that runs no longer than this is short-lived. */
const SHORT = 10_000;
/** The trace is divided into this many parts, to tell goroutines that come steadily from those that come at once. */
const PARTS = 10;

/** Why a goroutine waits or yields, as far as it matters. */
const Why = { Other: 0, Yield: 1, Sleep: 2, Channel: 3, Cond: 4 } as const;
type Why = (typeof Why)[keyof typeof Why];
const WHYS: Readonly<Record<string, Why>> = {
  "runtime.Gosched": Why.Yield,
  sleep: Why.Sleep,
  "chan receive": Why.Channel,
  select: Why.Channel,
  "sync.(*Cond).Wait": Why.Cond,
};

/** Goroutines that wait at the end of the trace, by where they were created and where they wait. */
export interface LastingGroup {
  /** Numbers of the stacks of their creation and their wait. */
  readonly createdAt: number;
  readonly waitsAt: number;
  readonly func: number;
  readonly reason: number;
  count: number;
  /** The one that waits longest. */
  goroutine: number;
  since: number;
  /** A bit for each tenth of the trace in which one was created. */
  parts: number;
}

/** Short-lived goroutines that a stack creates. */
export interface ShortLives {
  readonly createdAt: number;
  func: number;
  count: number;
  /** Their running time. */
  ran: number;
  /** Times that they ran. */
  runs: number;
}

/** Runs that ended by `runtime.Gosched` at a stack. */
export interface Yields {
  readonly stack: number;
  count: number;
  ran: number;
}

/** How long goroutines live: those that wait until the end of the trace, those that end at once, those that yield or sleep in a loop, those that are woken for nothing, and those locked to a thread. */
export class GoroutineLives implements Analysis {
  readonly stacks = new StackNumbers();
  readonly shortLives = new Map<number, ShortLives>();
  readonly yields = new Map<number, Yields>();
  readonly loops = new SleepLoops();
  readonly herds = new Herds(this.stacks);
  readonly locked: LockedThreads;
  readonly lasting = new Map<string, LastingGroup>();
  /** All runs of goroutines, and the goroutines that are alive at the end. */
  runs = 0;
  alive = 0;
  /** Of those that are alive at the end: older than the trace. */
  older = 0;
  /** Waits that ended, and those among them that a timer ended: sleeps. */
  wakeUps = 0;
  sleeps = 0;
  readonly #reported: Reported;
  #model!: SchedModel;
  #block!: EventBlock;
  /** By number of the reason. */
  readonly #whys: Why[] = [];
  /** By slot: when it was created, −1 if before the trace, and where; its runs and their time; where it waits. */
  #created = new Float64Array(256);
  #createdAt = new Int32Array(256);
  #ran = new Float64Array(256);
  #runs = new Int32Array(256);
  #waitsAt = new Int32Array(256);
  /** By slot: 1 if no goroutine ended its last wait for a channel, but a timer. */
  #timed = new Uint8Array(256);

  /** @param load of the program, which another analysis feeds */
  constructor(load: ProgramLoad, reported: Reported = ALL) {
    this.locked = new LockedThreads(load);
    this.#reported = reported;
  }

  start(model: SchedModel): void {
    this.#model = model;
  }

  block(block: EventBlock): void {
    this.#block = block;
    this.stacks.enter(block.generation);
    this.locked.block(block);
  }

  changes(changes: Changes): void {
    const { event, from, length, reason, since, slot: slots, time, to, toReason } = changes;
    const { goroutine, proc, stack } = this.#block;
    const { locked, loops } = this;
    for (let i = 0; i < length; i++) {
      const before = from[i] as number;
      const after = to[i] as number;
      const slot = slots[i] as number;
      if (before === None) {
        this.#begin(changes, i, slot);
        if (loops.size > 0) loops.act(proc[event[i] as number] as number, time[i] as number);
      } else if (before === Running) {
        const ran = (time[i] as number) - (since[i] as number);
        this.#ran[slot] = (this.#ran[slot] as number) + ran;
        this.#runs[slot] = (this.#runs[slot] as number) + 1;
        if (after === Runnable && this.#why(toReason[i] as number) === Why.Yield)
          this.#yielded(changes.goroutine[i] as number, event[i] as number, ran);
      } else if (before === Waiting && after === Runnable) {
        this.wakeUps++;
        const why = this.#why(reason[i] as number);
        if (why === Why.Sleep) this.sleeps++;
        else if (why === Why.Cond) this.#wake(changes, i, slot);
        const isTimed = why === Why.Channel && goroutine[event[i] as number] === NONE;
        this.#timed[slot] = isTimed ? 1 : 0;
        if (loops.size > 0) loops.act(proc[event[i] as number] as number, time[i] as number);
      }
      if (after === Waiting) {
        this.#waitsAt[slot] = this.stacks.of(stack[event[i] as number] as number);
        const why = this.#why(toReason[i] as number);
        if (why === Why.Sleep) this.#sleep(changes, i, slot, false);
        else if (why === Why.Channel && this.#timed[slot] === 1) this.#sleep(changes, i, slot, true);
        else if (why === Why.Cond) this.herds.wait(slot, this.#waitsAt[slot] as number, this.#lived(slot));
      } else if (after === Running) {
        if (before !== Syscall) locked.start(changes, i, slot, this.#waitsAt[slot] as number);
      } else if (after === None) this.#end(changes, i, slot);
    }
  }

  proc(slot: number, event: number): void {
    this.locked.proc(slot, event);
  }

  cut(slot: number, time: number): void {
    const { func, id, reason, since, state } = this.#model.goroutines;
    this.alive++;
    this.loops.end(slot);
    this.runs += this.#runs[slot] as number;
    const created = this.#created[slot] as number;
    if (created === NONE) this.older++;
    const goroutine = id[slot] as number;
    if (this.#reported.has(goroutine)) this.locked.end(slot, goroutine, func[slot] as number);
    if (created === NONE || state[slot] !== Waiting || !this.#reported.has(goroutine)) return;
    if (time - (since[slot] as number) < time / PARTS) return;
    const createdAt = this.#createdAt[slot] as number;
    const waitsAt = this.#waitsAt[slot] as number;
    const key = `${createdAt} ${waitsAt} ${func[slot]}`;
    const part = 1 << Math.min(PARTS - 1, Math.floor((created * PARTS) / time));
    const group = this.lasting.get(key);
    if (group === undefined) {
      const { [slot]: f = NONE } = func;
      const { [slot]: why = NONE } = reason;
      const rest = { count: 1, goroutine, since: since[slot] as number, parts: part };
      this.lasting.set(key, { createdAt, waitsAt, func: f, reason: why, ...rest });
      return;
    }
    group.count++;
    group.parts |= part;
    if ((since[slot] as number) >= group.since) return;
    group.since = since[slot] as number;
    group.goroutine = goroutine;
  }

  #begin({ edge, event, time }: Changes, i: number, slot: number): void {
    if (slot >= this.#created.length) this.#grow(slot + 1);
    const { kind, stack } = this.#block;
    const at = event[i] as number;
    const isCreated = edge[i] === Edge.Seen && (kind[at] === K.GoCreate || kind[at] === K.GoCreateBlocked);
    this.locked.begin(slot);
    this.#created[slot] = isCreated ? (time[i] as number) : NONE;
    this.#createdAt[slot] = isCreated ? this.stacks.of(stack[at] as number) : 0;
    this.#ran[slot] = 0;
    this.#runs[slot] = 0;
    this.#waitsAt[slot] = 0;
    this.#timed[slot] = 0;
    this.herds.reset(slot);
  }

  #end({ func, goroutine }: Changes, i: number, slot: number): void {
    const runs = this.#runs[slot] as number;
    const ran = this.#ran[slot] as number;
    this.runs += runs;
    this.loops.end(slot);
    if (!this.#reported.has(goroutine[i] as number)) return;
    this.locked.end(slot, goroutine[i] as number, func[i] as number);
    if (ran > SHORT || this.#created[slot] === NONE) return;
    const createdAt = this.#createdAt[slot] as number;
    let lives = this.shortLives.get(createdAt);
    if (lives === undefined) {
      lives = { createdAt, func: NONE, count: 0, ran: 0, runs: 0 };
      this.shortLives.set(createdAt, lives);
    }
    lives.func = func[i] as number;
    lives.count++;
    lives.ran += ran;
    lives.runs += runs;
  }

  #why(reason: number): Why {
    return reason === NONE ? Why.Other : (this.#whys[reason] ?? this.#lookUp(reason));
  }

  #lookUp(reason: number): Why {
    const why = WHYS[this.#model.reasons.text(reason)] ?? Why.Other;
    this.#whys[reason] = why;
    return why;
  }

  /** @param isTimed whether it waits for a channel to which a timer may send */
  #sleep(changes: Changes, i: number, slot: number, isTimed: boolean): void {
    if (!this.#reported.has(changes.goroutine[i] as number)) return;
    this.loops.sleep(changes, i, this.#waitsAt[slot] as number, this.#runs[slot] as number, isTimed);
  }

  #wake({ event: events, goroutine, time }: Changes, i: number, slot: number): void {
    if (!this.#reported.has(goroutine[i] as number)) return;
    const event = events[i] as number;
    const waker = this.#block.goroutine[event] as number;
    const wokenAt = this.stacks.of(stackOf(this.#block, event));
    const waitsAt = this.#waitsAt[slot] as number;
    this.herds.wake(slot, waitsAt, waker, wokenAt, time[i] as number, this.#lived(slot));
  }

  #lived(slot: number): Lived {
    return { runs: this.#runs[slot] as number, ran: this.#ran[slot] as number };
  }

  #yielded(goroutine: number, event: number, ran: number): void {
    if (!this.#reported.has(goroutine)) return;
    const stack = this.stacks.of(this.#block.stack[event] as number);
    let yields = this.yields.get(stack);
    if (yields === undefined) {
      yields = { stack, count: 0, ran: 0 };
      this.yields.set(stack, yields);
    }
    yields.count++;
    yields.ran += ran;
  }

  #grow(length: number): void {
    this.#created = grown(this.#created, length);
    this.#createdAt = grown(this.#createdAt, length);
    this.#ran = grown(this.#ran, length);
    this.#runs = grown(this.#runs, length);
    this.#waitsAt = grown(this.#waitsAt, length);
    this.#timed = grown(this.#timed, length);
  }
}
