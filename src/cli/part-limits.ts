import type { Detail, Format } from "./output-format.js";

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
 * Perfetto's UI v52 in Chromium takes about 5 s of a processor to start, and in a .pftrace 19 µs for an event and 230 µs for a
 * goroutine of full detail, 4 µs and 85 µs of a lean one; in JSON 70 ms for a megabyte. So none of these takes it more than
 * 35 s, which is as long as a user waits, or 2 GB. With few goroutines it opened 1,000,000 events of full detail (80 MB) in 24 s
 * and 0.9 GB, with few events 100,000 goroutines of full detail in 28 s and 3.2 GB and 200,000 lean ones in 22 s and 2.7 GB;
 * 400,000 not within two minutes.
 *
 * Full parts are of fewer goroutines than those at which `--detail auto` becomes lean, by as many as {@link PartMeter} lets a
 * part have beside those that it begins with.
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
