import type { Clock, ClockSnapshot } from "./pftrace-packet.js";
import type { Int } from "./pftrace-reader.js";

const CLOCK_REALTIME = 1;
const CLOCK_BOOTTIME = 6;
// Clocks from this id on belong to the packet sequence that defines them.
const FIRST_SEQUENCE_CLOCK = 64;

interface ClockState {
  /** The latest time of this clock, in its own units counted in nanoseconds; moves with each use of an incremental one. */
  now: bigint;
  readonly aheadOfTrace: bigint;
  readonly incremental: boolean;
  readonly unit: bigint;
}

/** Maps the clocks of a trace to its primary clock, as far as the snapshots read up to now tell. */
export class ClockTable {
  /** The primary clock's time at the first snapshot. */
  start: bigint | undefined;
  #primary = CLOCK_BOOTTIME;
  readonly #clocks = new Map<string, ClockState>();

  /** @returns what is wrong with the snapshot */
  addSnapshot(snapshot: ClockSnapshot, sequence: number): string | undefined {
    this.#primary = snapshot.primary_trace_clock ?? this.#primary;
    const primary = snapshot.clocks?.find((clock) => clock.clock_id === this.#primary)?.timestamp;
    if (primary === undefined) return `the clock snapshot lacks the primary clock ${this.#primary}`;
    this.start ??= signed(primary);
    for (const clock of snapshot.clocks ?? []) this.#addClock(clock, sequence, signed(primary));
    return undefined;
  }

  /** The time in the primary clock's nanoseconds; undefined when no snapshot has the clock. */
  traceTime(timestamp: Int, sequence: number, clockId = this.#primary): bigint | undefined {
    if (clockId === this.#primary) return signed(timestamp);
    const clock = this.#clocks.get(key(clockId, sequence));
    if (clock === undefined) return undefined;
    const elapsed = signed(timestamp) * clock.unit;
    if (!clock.incremental) return elapsed - clock.aheadOfTrace;
    clock.now += elapsed;
    return clock.now - clock.aheadOfTrace;
  }

  /** `traceTime` of wall-clock nanoseconds. */
  traceTimeOfWallClock(timestamp: Int): bigint | undefined {
    return this.traceTime(timestamp, 0, CLOCK_REALTIME);
  }

  #addClock(clock: Clock, sequence: number, traceTime: bigint): void {
    const unit = BigInt(clock.unit_multiplier_ns ?? 1);
    const now = signed(clock.timestamp ?? 0) * unit;
    const incremental = clock.is_incremental ?? false;
    this.#clocks.set(key(clock.clock_id ?? 0, sequence), {
      now,
      aheadOfTrace: now - traceTime,
      incremental,
      unit,
    });
  }
}

/** A 64-bit integer as a signed one: a negative time that was written as unsigned is negative again. */
export function signed(value: Int): bigint {
  return BigInt.asIntN(64, BigInt(value));
}

function key(clockId: number, sequence: number): string {
  return clockId < FIRST_SEQUENCE_CLOCK ? `${clockId}` : `${clockId} of ${sequence}`;
}
