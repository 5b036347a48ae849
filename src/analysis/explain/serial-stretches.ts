import { grown } from "../../base/columns.js";
import { NONE } from "../../base/ids.js";
import { isSystem } from "../../event/start-frame.js";
import type { Changes } from "../../sched/changes.js";
import type { SchedModel } from "../../sched/model.js";
import type { StackNumbers } from "../profile/stack-numbers.js";
import { Load, type ProgramLoad } from "./program-load.js";
import type { RunFunctions } from "./run-functions.js";
import { WaitKind } from "./wait-kind.js";
import type { WaitSites } from "./wait-sites.js";

/** A stretch alone is a phase of the program from this time on. The scheduler asks for the P more often, so it has a stack. */
const LONG = 20e6;
/** Who runs alone at once for this time takes over from the one that did before. */
const TAKES_OVER = 100_000;
/** Goroutines that are woken within this time alone are woken together. */
const TOGETHER = 1e6;
/** Against the time alone: that in which others may have run beside, apart from GC cycles. */
const BESIDE = 0.25;
/** Kinds of waits of which each is somebody's fault by a rule of its own. */
const RULED: ReadonlySet<number> = new Set([WaitKind.Lock, WaitKind.Send, WaitKind.WaitGroup]);

/** A phase in which one goroutine ran alone. */
export interface SerialStretch {
  readonly goroutine: number;
  readonly since: number;
  /** From its beginning to its end, of which the goroutine ran alone. */
  readonly duration: number;
  readonly alone: number;
  /** Number of the stack at which its longest run ended. */
  readonly stack: number;
}

/**
 * Phases in which one goroutine runs, there are other Ps, and no other goroutine wants one, until it starts several others
 * or the trace ends. What ends because of a timer or the network is no phase: a server with little to do looks so. Nor is
 * what others waited for, if their wait is a finding.
 */
export class SerialStretches {
  /** By site + 1 of waits for channels and Conds that a stretch ended; 0 if it ended none: nanoseconds alone, and number. */
  readonly alone: number[] = [];
  readonly count: number[] = [];
  /** Time alone by function ({@link RunFunctions}), by its number + 1. */
  readonly byFunction: number[] = [];
  longest: SerialStretch | undefined;
  /** Of the program, by {@link Load}. */
  readonly #times: Float64Array;
  readonly #stacks: StackNumbers;
  readonly #functions: RunFunctions;
  readonly #sites: WaitSites;
  #model!: SchedModel;
  /** By slot: the time alone when its run began. */
  #before = new Float64Array(256);
  /** The time alone when the last stretch ended. */
  #ended = 0;
  /** Who ran alone, in its runs so far: its slot, since when, for how long, and what others had run beside before. */
  #slot = NONE;
  #since = 0;
  #alone = 0;
  #parallel = 0;
  /** Of these runs: the longest, and its stack. */
  #run = 0;
  #stack = 0;
  /** What others had run beside in GC cycles that are over, and when the one under way began; −1 for none. */
  #inCycles = 0;
  #cycleBegan = NONE;
  /** Who woke another last, and the time alone then. */
  #waker = NONE;
  #woke = 0;

  constructor({ times }: ProgramLoad, stacks: StackNumbers, functions: RunFunctions, sites: WaitSites) {
    this.#times = times;
    this.#stacks = stacks;
    this.#functions = functions;
    this.#sites = sites;
  }

  start(model: SchedModel): void {
    this.#model = model;
  }

  /** A goroutine gets a slot. */
  enter(slot: number): void {
    if (slot >= this.#before.length) this.#before = grown(this.#before, slot + 1);
    if (slot === this.#slot) this.#leave();
  }

  begin(slot: number): void {
    this.#before[slot] = this.#times[Load.Alone] as number;
  }

  /** @param stack of the event that ends the run, in its generation */
  end(slot: number, changes: Changes, i: number, stack: number): void {
    const alone = (this.#times[Load.Alone] as number) - (this.#before[slot] as number);
    if (alone >= TAKES_OVER || slot === this.#slot) this.#end(slot, alone, changes, i, stack);
  }

  #end(slot: number, alone: number, { func, time }: Changes, i: number, stack: number): void {
    this.#before[slot] = this.#times[Load.Alone] as number;
    const goesOn = slot === this.#slot && !this.#isBeside(this.#alone + alone);
    if (!goesOn && !this.#begin(slot, func[i] as number, (time[i] as number) - alone)) return;
    this.#alone += alone;
    if (alone <= this.#run) return;
    this.#run = alone;
    this.#stack = this.#stacks.of(stack);
  }

  /** Whether a phase may have ended, so {@link wake} has to know who wakes whom. */
  get isLong(): boolean {
    return (this.#times[Load.Alone] as number) - this.#ended >= LONG;
  }

  /**
   * A goroutine makes another one runnable.
   * @param site of the wait that it ends, if that counts as somebody's fault; −1 otherwise
   * @param func number of the start function of the other one
   * @param stack of the event, in its generation
   */
  wake(slot: number, site: number, func: number, stack: number, time: number): void {
    const now = this.#times[Load.Alone] as number;
    const { goroutines } = this.#model;
    const run = now - (this.#before[slot] as number);
    const alone = run + (slot === this.#slot ? this.#alone : 0);
    if (alone < LONG || this.#isSystem(func)) return;
    if (slot !== this.#slot && !this.#begin(slot, goroutines.func[slot] as number, time - run)) return;
    const isRuled = site !== NONE && RULED.has(this.#sites.kind[site] as number);
    if (isRuled || this.#isBeside(alone)) {
      this.#leave();
      this.#ended = now;
      this.#before[slot] = now;
      return;
    }
    if (this.#waker !== slot || now - this.#woke > TOGETHER) {
      this.#waker = slot;
      this.#woke = now;
      return;
    }
    if (run > this.#run) this.#stack = this.#stacks.of(stack);
    this.#alone = alone;
    this.#ended = now;
    this.#before[slot] = now;
    this.#keep(site, time);
  }

  /** A GC cycle begins or ends: its workers run beside. */
  cycle(begins: boolean): void {
    const parallel = this.#times[Load.Parallel] as number;
    if (this.#cycleBegan !== NONE) this.#inCycles += parallel - this.#cycleBegan;
    this.#cycleBegan = begins ? parallel : NONE;
  }

  finish(time: number): void {
    if (this.#slot === NONE || this.#alone < LONG || this.#isBeside(this.#alone)) return;
    this.#keep(NONE, time);
  }

  /** @returns whether the goroutine is one of the program */
  #begin(slot: number, func: number, since: number): boolean {
    if (this.#isSystem(func)) return false;
    this.#leave();
    this.#slot = slot;
    this.#since = since;
    this.#parallel = this.#beside;
    return true;
  }

  #keep(site: number, time: number): void {
    const alone = this.#alone;
    this.alone[site + 1] = (this.alone[site + 1] ?? 0) + alone;
    this.count[site + 1] = (this.count[site + 1] ?? 0) + 1;
    const func = this.#functionOf(this.#slot) + 1;
    this.byFunction[func] = (this.byFunction[func] ?? 0) + alone;
    if (alone > (this.longest?.alone ?? 0))
      this.longest = {
        goroutine: this.#model.goroutines.id[this.#slot] as number,
        since: this.#since,
        duration: time - this.#since,
        alone,
        stack: this.#stack,
      };
    this.#leave();
  }

  /** What the goroutine in a slot runs, now that its name may be known. */
  #functionOf(slot: number): number {
    const func = this.#model.goroutines.func[slot] as number;
    if (func === NONE) return NONE;
    const { names } = this.#functions;
    const name = this.#model.functions.text(func);
    return names.intern(this.#functions.nameOf(name, this.#stacks.frames(this.#stack)));
  }

  #leave(): void {
    this.#slot = NONE;
    this.#waker = NONE;
    this.#alone = 0;
    this.#run = 0;
  }

  #isBeside(alone: number): boolean {
    return this.#beside - this.#parallel > BESIDE * alone;
  }

  /** How long several goroutines ran so far, apart from GC cycles. */
  get #beside(): number {
    const parallel = this.#times[Load.Parallel] as number;
    const cycle = this.#cycleBegan === NONE ? 0 : parallel - this.#cycleBegan;
    return parallel - this.#inCycles - cycle;
  }

  #isSystem(func: number): boolean {
    return func !== NONE && isSystem(this.#model.functions.text(func));
  }
}
