import { TraceError } from "../../base/errors.js";
import type { ByteCursor } from "../../bytes/byte-cursor.js";
import { wireType } from "./spec.js";

const FREQUENCY = wireType("Frequency");
const CLOCK_SNAPSHOT = wireType("ClockSnapshot");

/** The clock data of a generation's sync batch. */
export interface SyncData {
  /** Ticks per second; 0 until known. */
  frequency: number;
  /** Readings of several clocks, from Go 1.25 on. */
  snapshot: { ticks: number; mono: number; wall: bigint } | undefined;
}

/**
 * Reads a sync batch.
 * @param data the batch's data, after the Sync byte if the format has one
 * @param batchTime the batch's timestamp, the base of a snapshot's time
 * @param minor the format: snapshots exist since 1.25
 * @throws TraceError `malformed-sync`
 */
export function readSync(data: ByteCursor, batchTime: number, minor: number, sync: SyncData): void {
  let time = batchTime;
  while (data.remaining > 0) {
    const type = data.byte();
    if (type === FREQUENCY) {
      if (sync.frequency !== 0)
        throw new TraceError("malformed-sync", "two clock frequencies in a generation");
      sync.frequency = data.uvarint();
    } else if (type === CLOCK_SNAPSHOT && minor >= 25) {
      if (sync.snapshot !== undefined)
        throw new TraceError("malformed-sync", "two clock snapshots in a generation");
      time += data.uvarint();
      const mono = data.uvarint();
      data.uvarint();
      const seconds = data.exact();
      data.uvarint();
      sync.snapshot = { ticks: time, mono, wall: seconds * 1_000_000_000n + data.exact() };
    } else {
      throw new TraceError("malformed-sync", `expected a frequency or clock snapshot, found event ${type}`);
    }
  }
}
