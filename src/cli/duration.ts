/** Nanoseconds of a unit, as Go has them. */
const UNITS: Readonly<Record<string, number>> = {
  ns: 1,
  us: 1e3,
  "\u00b5s": 1e3,
  ms: 1e6,
  s: 1e9,
  m: 60e9,
  h: 3600e9,
};
const PART = /(\d+\.?\d*|\.\d+)(ns|us|\u00b5s|ms|s|m|h)/gy;

/** What is wrong with the text of a duration. */
export class DurationError extends Error {
  override readonly name = "DurationError";
}

/**
 * A duration as Go writes it, such as `1.5ms`, `2s` or `1m30s`, but never negative.
 * @returns nanoseconds
 * @throws DurationError
 */
export function parseDuration(text: string): number {
  if (text === "0") return 0;
  const parts = [...text.matchAll(PART)];
  if (parts.length === 0 || parts.map(([part]) => part).join("") !== text) {
    throw new DurationError("it is not a number with a unit");
  }
  return Math.round(
    parts.reduce((sum, [, number, unit]) => sum + Number(number) * (UNITS[unit ?? ""] ?? 0), 0),
  );
}
