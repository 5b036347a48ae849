/*
 * Other ways to estimate the clock were tried and were worse:
 * - How long goroutines run until preemption: 10 ms if nothing else stops them, but no quantile was near.
 * - Times between CPU samples: they follow kernel ticks of 4 or 10 ms, and have gaps.
 * - Round sleep times by call site: three of four were near, but 3, 7 or 250 ms were mistaken for others, and
 *   off by up to half.
 * Known limits: if all goroutines sleep for 2 ms, a slow clock looks like one twice as fast. If none sleeps,
 * or all sleep longer, there is no peak, and the usual frequency is used.
 */

import { breathe, isBreathDue } from "../../base/breather.js";
import { TraceError } from "../../base/errors.js";
import { MalformedBytes } from "../../bytes/byte-cursor.js";
import { wireType } from "../../wire/v1/spec.js";
import type { MergeOrder } from "./merge-order.js";
import type { StreamCursor } from "./stream-cursor.js";

const GO_SLEEP = wireType("GoSleep");
const GO_UNBLOCK = wireType("GoUnblock");
const GO_UNBLOCK_LOCAL = wireType("GoUnblockLocal");

/** Ticks per second, roughly, of current processors. Used if a trace is cut before its own frequency. */
export const USUAL_FREQUENCY = 2.5e9 / 64;

/**
 * Seconds that a poll of a millisecond takes: the kernel adds its slack of 50 µs, and waking up takes time.
 */
const POLL = 1.08e-3;
/**
 * Range of sleep lengths in the histogram, in seconds at the usual frequency: a poll on clocks of 1.45 to
 * 4.05 GHz, in 64ths.
 */
const SHORTEST = 0.62e-3;
const LONGEST = 1.75e-3;
/** Ratio of the lengths of adjacent histogram bins, and the number of bins in a peak. */
const STEP = Math.log(1.005);
const PEAK = 12;
/** Runs of events between two checks whether the event loop needs a turn. */
const RUNS = 64;
/**
 * The minimum number of sleeps in a peak, and their minimum share of all sleeps. An even spread would give
 * 6 %.
 */
const FEWEST = 10;
const SHARE = 0.2;

export interface ClockEstimate {
  /** Ticks per second. */
  readonly frequency: number;
  /** The number of sleeps behind the estimate. */
  readonly sleeps: number;
}

/**
 * Estimates the clock frequency of a trace that lacks it. When all Ps are idle, the runtime waits for its
 * timers in the kernel's poll, which counts in milliseconds. So a goroutine that sleeps for less wakes after
 * one millisecond. In the test traces of known frequency, the peak of such sleeps gives the frequency within
 * 8 %.
 *
 * @param cursors of the streams, before their first events
 * @returns undefined if there is no such peak
 */
export async function estimateClock(
  cursors: readonly StreamCursor[],
  order: MergeOrder,
): Promise<ClockEstimate | undefined> {
  try {
    return peakOf(await sleepLengths(cursors, order));
  } catch (error) {
    // The same error is thrown again when the events are emitted.
    if (error instanceof MalformedBytes || error instanceof TraceError) return undefined;
    throw error;
  }
}

/** The number of sleeps of each length, by bin. */
async function sleepLengths(cursors: readonly StreamCursor[], { streams }: MergeOrder): Promise<Uint32Array> {
  const bins = new Uint32Array(Math.ceil(Math.log(LONGEST / SHORTEST) / STEP));
  const since = new Map<number, number>();
  for (let run = 0; run < streams.count; run++) {
    const cursor = cursors[streams.valueOf(run)];
    for (let left = streams.timesOf(run); left > 0 && cursor?.advance(); left--) {
      const { type } = cursor;
      if (type === GO_SLEEP) since.set(cursor.goroutine, cursor.time);
      else if (type === GO_UNBLOCK || type === GO_UNBLOCK_LOCAL) {
        const goroutine = cursor.args[0] as number;
        const length = (cursor.time - (since.get(goroutine) ?? Number.NaN)) / USUAL_FREQUENCY;
        since.delete(goroutine);
        const bin = Math.floor(Math.log(length / SHORTEST) / STEP);
        if (bin >= 0 && bin < bins.length) bins[bin] = (bins[bin] as number) + 1;
      }
    }
    if (run % RUNS === 0 && isBreathDue()) await breathe();
  }
  return bins;
}

function peakOf(bins: Uint32Array): ClockEstimate | undefined {
  let all = 0;
  let within = 0;
  let sleeps = 0;
  let begin = 0;
  for (let i = 0; i < bins.length; i++) {
    all += bins[i] as number;
    within += (bins[i] as number) - (i < PEAK ? 0 : (bins[i - PEAK] as number));
    if (within <= sleeps) continue;
    sleeps = within;
    begin = i - PEAK + 1;
  }
  if (sleeps < FEWEST || sleeps < SHARE * all) return undefined;
  let sum = 0;
  for (let i = Math.max(begin, 0); i < begin + PEAK; i++) sum += (bins[i] as number) * (i + 0.5);
  const length = SHORTEST * Math.exp((sum / sleeps) * STEP);
  return { frequency: (USUAL_FREQUENCY * length) / POLL, sleeps };
}
