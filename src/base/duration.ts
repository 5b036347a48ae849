/** Nanoseconds of each unit, by its name in Go. */
const UNITS: Readonly<Record<string, bigint>> = {
  ns: 1n,
  us: 1000n,
  // The micro sign and the Greek letter mu.
  "\u00b5s": 1000n,
  "\u03bcs": 1000n,
  ms: 1_000_000n,
  s: 1_000_000_000n,
  m: 60_000_000_000n,
  h: 3_600_000_000_000n,
};
const PART = /(\d*)(?:\.(\d*))?([^\d.]*)/y;

/** An invalid duration. */
export class DurationError extends Error {
  override readonly name = "DurationError";
}

/**
 * Parses a duration as Go's `time.ParseDuration` does, such as `300ms`, `1.5s` or `1m2s`.
 * @returns whole nanoseconds, rounded down
 * @throws DurationError; also for negative durations and those longer than any trace
 */
export function parseDuration(text: string): number {
  if (text === "0") return 0;
  if (text === "") throw new DurationError("it is empty");
  if (text.startsWith("-")) throw new DurationError("it is negative");
  let total = 0n;
  for (let at = 0; at < text.length; ) {
    PART.lastIndex = at;
    const [part = "", whole = "", fraction = "", unit = ""] = PART.exec(text) ?? [];
    if (whole + fraction === "") throw new DurationError(`it has no number at ${place(text, at)}`);
    at += part.length;
    total += nanoseconds(whole, fraction, unit, place(text, at - unit.length));
  }
  const duration = Number(total);
  if (!Number.isSafeInteger(duration)) throw new DurationError("it is longer than any trace");
  return duration;
}

/**
 * Formats a duration like Go's `time.Duration.String`: `1.5s`, `1m2s`, `300ms`.
 * @param ns a whole number, not negative
 */
export function formatDuration(ns: number): string {
  if (ns === 0) return "0s";
  if (ns < 1e3) return `${ns}ns`;
  if (ns < 1e6) return `${decimal(ns, 3)}µs`;
  if (ns < 1e9) return `${decimal(ns, 6)}ms`;
  const minutes = Math.floor(ns / 60e9);
  const seconds = `${decimal(ns % 60e9, 9)}s`;
  if (minutes === 0) return seconds;
  return minutes < 60 ? `${minutes}m${seconds}` : `${Math.floor(minutes / 60)}h${minutes % 60}m${seconds}`;
}

function nanoseconds(whole: string, fraction: string, unit: string, where: string): bigint {
  const factor = Object.hasOwn(UNITS, unit) ? (UNITS[unit] as bigint) : undefined;
  if (factor === undefined) {
    throw new DurationError(`it has ${unit === "" ? "no unit" : `an unknown unit "${unit}"`} at ${where}`);
  }
  return BigInt(whole) * factor + (BigInt(fraction) * factor) / 10n ** BigInt(fraction.length);
}

function place(text: string, at: number): string {
  return at === text.length ? "its end" : `character ${at + 1}`;
}

/** A whole number divided by a power of ten, without trailing zeros. @param digits the exponent */
function decimal(value: number, digits: number): string {
  const text = String(value).padStart(digits + 1, "0");
  const fraction = text.slice(-digits).replace(/0+$/, "");
  return text.slice(0, -digits) + (fraction && `.${fraction}`);
}
