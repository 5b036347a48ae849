const UNITS = [
  { factor: 1e9, unit: "s" },
  { factor: 1e6, unit: "ms" },
  { factor: 1e3, unit: "µs" },
] as const;
const SIZES = ["B", "KiB", "MiB", "GiB", "TiB"];
/** Significant digits of a figure, at least. */
const DIGITS = 3;

/** A duration for people, rounded. @param ns nanoseconds */
export function durationText(ns: number): string {
  if (ns === 0) return "0";
  const scale = UNITS.find(({ factor }) => ns >= factor);
  return scale === undefined ? `${Math.round(ns)} ns` : `${rounded(ns / scale.factor)} ${scale.unit}`;
}

/**
 * A point in time for people, as `--from` and `--to` take it: seconds since the start of the trace, to the microsecond.
 * Rounded down, so that what happened then is within a window from there on.
 * @param ns nanoseconds
 */
export function timeText(ns: number): string {
  const micros = Math.floor(ns / 1000);
  return `${Math.floor(micros / 1e6)}.${String(micros % 1e6).padStart(6, "0")}s`;
}

/** A size for people, rounded; "?" if it is unknown. */
export function sizeText(bytes: number | undefined): string {
  if (bytes === undefined) return "?";
  let value = bytes;
  let unit = 0;
  for (; value >= 1024 && unit < SIZES.length - 1; unit++) value /= 1024;
  return `${unit === 0 ? value : rounded(value)} ${SIZES[unit]}`;
}

/** A share as a percentage. @param share of `of` */
export function shareText(share: number, of = 1): string {
  return of === 0 ? "-" : `${((100 * share) / of).toFixed(1)}%`;
}

function rounded(value: number): string {
  const nearest = Number(value.toPrecision(DIGITS));
  const before = Math.floor(Math.log10(Math.max(1, nearest))) + 1;
  return value.toFixed(Math.max(0, DIGITS - before));
}
