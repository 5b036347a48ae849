import type { Detail, Format } from "../../output/output-format.js";

/** How much a part may hold; infinite where that is not limited. */
export interface PartLimits {
  readonly bytes: number;
  /** Of the trace in the part's time, selected or not. */
  readonly events: number;
  /** That have a row. */
  readonly goroutines: number;
}

export const NO_LIMITS: PartLimits = {
  bytes: Number.POSITIVE_INFINITY,
  events: Number.POSITIVE_INFINITY,
  goroutines: Number.POSITIVE_INFINITY,
};

/**
 * What Perfetto's UI (v52, in Chromium) opens in 40 s of a processor at most, also on a machine that is busy, and in 2.2 GB.
 * Measured there, after 5 s to start: about 20 µs for an event of full detail, 4 µs for a lean one; 230 µs for a goroutine with
 * slices, 85 µs for one without; 85 ms for a megabyte of JSON. 100,000 goroutines at full detail took 3.2 GB, 200,000 lean ones
 * 2.7 GB, and 400,000 did not open within two minutes.
 *
 * Full parts have fewer goroutines than those at which `--detail auto` becomes lean, by as many as {@link PartMeter} lets a part
 * have besides those that it begins with.
 */
const LIMITS: Readonly<Record<Format, Readonly<Record<"full" | "lean", PartLimits>>>> = {
  pftrace: {
    full: { ...NO_LIMITS, events: 750_000, goroutines: 40_000 },
    lean: { ...NO_LIMITS, events: 5_000_000, goroutines: 100_000 },
  },
  json: {
    full: { ...NO_LIMITS, bytes: 300_000_000, goroutines: 40_000 },
    lean: { ...NO_LIMITS, bytes: 300_000_000, goroutines: 40_000 },
  },
};

/** How much a part may hold that a browser is to open. */
export function browserLimits(format: Format, detail: Detail): PartLimits {
  return LIMITS[format][detail === "lean" ? "lean" : "full"];
}
