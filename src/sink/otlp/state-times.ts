import type { Attributes } from "@opentelemetry/api";
import { grown } from "../../base/columns.js";
import type { Goroutines } from "../../sched/goroutines.js";
import { SchedState } from "../../sched/state.js";
import { TIME_ATTRIBUTES } from "./attributes.js";

const { None, Runnable, Running, Waiting } = SchedState;

/** Sums in the order of {@link TIME_ATTRIBUTES}. The last two are those of the whole program. */
const Sum = {
  Running: 0,
  Runnable: 1,
  Blocked: 2,
  Syscall: 3,
  Assist: 4,
  GcActive: 5,
  StopTheWorld: 6,
} as const;
const SUMS = TIME_ATTRIBUTES.length;
/** Number of sums that each goroutine has. */
const OWN = Sum.GcActive;
/** Where a reading has its own time, behind the sums. */
const AT = SUMS;

/** The reading at the start of the trace. */
export const NOTHING = new Float64Array(SUMS + 1);

/** By {@link SchedState}. */
const SUM_OF_STATE = [Sum.Running, Sum.Runnable, Sum.Running, Sum.Blocked, Sum.Syscall, Sum.Syscall] as const;

/** The number of a state among those that can be spans: 0 runnable, 1 blocked, 2 in a system call; −1: others. */
export function spanState(state: number): number {
  if (state === Runnable) return 0;
  if (state === Waiting) return 1;
  return state === Running || state === None ? -1 : 2;
}

/** Running sums of goroutines' times by state. A span's times are the difference of two readings. */
export class StateTimes {
  readonly #goroutines: Goroutines;
  /** Sums by slot. */
  #sums = new Float64Array(256 * OWN);
  /** When the open mark assist began, by slot; NaN: none. */
  #assistSince = new Float64Array(256).fill(Number.NaN);
  /** For the whole program: sums, and when the open range began. */
  readonly #program = [new Elapsed(), new Elapsed()] as const;
  /** When a GC cycle that is older than the trace was reported; NaN if none was. */
  #oldGcReported = Number.NaN;

  constructor(goroutines: Goroutines) {
    this.#goroutines = goroutines;
  }

  /** Another goroutine gets the slot. */
  begin(slot: number): void {
    if (slot >= this.#assistSince.length) this.#grow(slot + 1);
    this.#sums.fill(0, slot * OWN, (slot + 1) * OWN);
    this.#assistSince[slot] = Number.NaN;
  }

  /** A state ends; the model's columns still describe it. */
  leave(slot: number, state: number, time: number): void {
    const at = slot * OWN + (SUM_OF_STATE[state] as number);
    this.#sums[at] = (this.#sums[at] as number) + time - (this.#goroutines.since[slot] as number);
  }

  /** @param isOld whether the assist is reported as active; if it is unknown, it is older than the trace */
  beginAssist(slot: number, time: number, isOld: boolean): void {
    if (!isOld) this.#assistSince[slot] = time;
    else if (Number.isNaN(this.#assistSince[slot])) this.#assistSince[slot] = 0;
  }

  endAssist(slot: number, time: number): void {
    const since = this.#assistSince[slot] as number;
    if (Number.isNaN(since)) return;
    const at = slot * OWN + Sum.Assist;
    this.#sums[at] = (this.#sums[at] as number) + time - since;
    this.#assistSince[slot] = Number.NaN;
  }

  /** A GC cycle or stop-the-world begins. */
  beginProgram(sum: "gc" | "stop", time: number): void {
    this.#elapsed(sum).begin(time);
  }

  /** A GC cycle is reported that is older than the trace. Readings from before lack it. */
  beginOldGc(time: number): void {
    this.#oldGcReported = time;
    this.beginProgram("gc", 0);
  }

  endProgram(sum: "gc" | "stop", time: number): void {
    this.#elapsed(sum).end(time);
  }

  /** All sums at the time of the latest event. */
  read(slot: number, time: number): Float64Array {
    const { since, state } = this.#goroutines;
    const reading = new Float64Array(SUMS + 1);
    reading[AT] = time;
    reading.set(this.#sums.subarray(slot * OWN, (slot + 1) * OWN));
    const now = state[slot] as number;
    if (now !== None) {
      const sum = SUM_OF_STATE[now] as number;
      reading[sum] = (reading[sum] as number) + time - (since[slot] as number);
    }
    const assist = this.#assistSince[slot] as number;
    if (!Number.isNaN(assist)) reading[Sum.Assist] = (reading[Sum.Assist] as number) + time - assist;
    reading[Sum.GcActive] = this.#program[0].at(time);
    reading[Sum.StopTheWorld] = this.#program[1].at(time);
    return reading;
  }

  /** Adds the attributes of the difference of two readings, without zeros. */
  describe(before: Float64Array, after: Float64Array, attributes: Attributes): void {
    for (let sum = 0; sum < SUMS; sum++) {
      const unread = sum === Sum.GcActive ? this.#unreadGc(before) : 0;
      const spent = (after[sum] as number) - (before[sum] as number) - unread;
      if (spent > 0) attributes[TIME_ATTRIBUTES[sum] as string] = spent;
    }
  }

  /** How long the GC had been active before a reading that lacks it. */
  #unreadGc(reading: Float64Array): number {
    const isBefore = reading[Sum.GcActive] === 0 && (reading[AT] as number) <= this.#oldGcReported;
    return isBefore ? (reading[AT] as number) : 0;
  }

  #elapsed(sum: "gc" | "stop"): Elapsed {
    return this.#program[sum === "gc" ? 0 : 1];
  }

  #grow(slots: number): void {
    const { length } = this.#assistSince;
    this.#assistSince = grown(this.#assistSince, slots);
    this.#assistSince.fill(Number.NaN, length);
    this.#sums = grown(this.#sums, this.#assistSince.length * OWN);
  }
}

/** The duration of an open range so far. */
class Elapsed {
  #sum = 0;
  #since = Number.NaN;

  begin(time: number): void {
    if (Number.isNaN(this.#since)) this.#since = time;
  }

  end(time: number): void {
    this.#sum = this.at(time);
    this.#since = Number.NaN;
  }

  at(time: number): number {
    return Number.isNaN(this.#since) ? this.#sum : this.#sum + time - this.#since;
  }
}
