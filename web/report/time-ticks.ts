const UNITS = [
  { factor: 1e9, unit: "s" },
  { factor: 1e6, unit: "ms" },
  { factor: 1e3, unit: "µs" },
  { factor: 1, unit: "ns" },
] as const;

/** Texts of evenly spaced times in nanoseconds, with one unit and as many digits as the steps between them have. */
export function timeTicks(splits: readonly number[]): string[] {
  const most = Math.max(...splits.map(Math.abs));
  const { factor, unit } = UNITS.find((each) => most >= each.factor) ?? UNITS[3];
  const digits = digitsOf(((splits[1] ?? 0) - (splits[0] ?? 0)) / factor);
  return splits.map((value) => (value === 0 ? "0" : `${(value / factor).toFixed(digits)} ${unit}`));
}

/** Digits after the point; what is beyond the third significant one is an error of the sum. */
function digitsOf(step: number): number {
  const [, digits = ""] = Number(Math.abs(step).toPrecision(3)).toFixed(9).replace(/0+$/, "").split(".");
  return digits.length;
}
