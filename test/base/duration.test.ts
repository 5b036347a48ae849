import { describe, expect, it } from "vitest";
import { DurationError, formatDuration, parseDuration } from "../../src/base/duration.js";
import fc from "../support/properties.js";

const UNITS: Readonly<Record<string, bigint>> = {
  ns: 1n,
  us: 1000n,
  µs: 1000n,
  μs: 1000n,
  ms: 1_000_000n,
  s: 1_000_000_000n,
  m: 60_000_000_000n,
  h: 3_600_000_000_000n,
};

describe("durations", () => {
  it.each([
    ["0", 0],
    ["0s", 0],
    ["300ms", 300e6],
    ["1.5s", 1.5e9],
    ["1m2s", 62e9],
    ["1h15m30.918s", 4_530_918_000_000],
    [".5s", 0.5e9],
    ["1.s", 1e9],
    ["1us2ns", 1002],
    ["0.3333333333333333333h", 1_200_000_000_000 - 1],
    ["1.9ns", 1],
    ["100ns1h", 3_600_000_000_100],
  ])("%s is %d ns", (text, ns) => expect(parseDuration(text)).toBe(ns));

  it.each([
    ["", "it is empty"],
    ["-1s", "it is negative"],
    ["5", "it has no unit at its end"],
    ["1.5q", 'it has an unknown unit "q" at character 4'],
    ["1m5", "it has no unit at its end"],
    ["s", "it has no number at character 1"],
    [".s", "it has no number at character 1"],
    ["1s.", "it has no number at character 3"],
    ["1 s", 'it has an unknown unit " s" at character 2'],
    ["1s ", 'it has an unknown unit "s " at character 2'],
    ["1.2.3s", "it has no unit at character 4"],
    ["1S", 'it has an unknown unit "S" at character 2'],
    ["1constructor", 'it has an unknown unit "constructor" at character 2'],
    ["1e9ns", 'it has an unknown unit "e" at character 2'],
    ["99999999h", "it is longer than any trace"],
  ])("%j is none, and why is said", (text, why) => {
    expect(() => parseDuration(text)).toThrow(new DurationError(why));
  });

  it("are written as Go writes them", () => {
    const cases = { 0: "0s", 1: "1ns", 1100: "1.1µs", 2200000: "2.2ms", 3300000000: "3.3s" };
    for (const [ns, text] of Object.entries(cases)) expect(formatDuration(Number(ns))).toBe(text);
    expect(formatDuration(4 * 60e9 + 5e9)).toBe("4m5s");
    expect(formatDuration(4 * 60e9 + 5001e6)).toBe("4m5.001s");
    expect(formatDuration(5 * 3600e9 + 6 * 60e9 + 7001e6)).toBe("5h6m7.001s");
    expect(formatDuration(3600e9)).toBe("1h0m0s");
  });

  it("come back as they were written", () => {
    fc.assert(
      fc.property(fc.maxSafeNat(), (ns) => {
        expect(parseDuration(formatDuration(ns))).toBe(ns);
      }),
    );
  });

  it("are the sum of their parts, cut off to nanoseconds; what is none or too long is refused", () => {
    const isDuration = /^(0|((\d+\.?\d*|\.\d+)(ns|us|µs|μs|ms|s|m|h))+)$/;
    const part = fc
      .record({
        whole: fc.nat(999),
        fraction: fc.option(fc.stringMatching(/^\.\d{1,12}$/), { nil: "" }),
        unit: fc.constantFrom(...Object.keys(UNITS)),
      })
      .map(({ whole, fraction, unit }) => `${whole}${fraction}${unit}`);
    const durations = fc.array(part, { minLength: 1, maxLength: 4 }).map((parts) => parts.join(""));
    const others = fc.string({
      unit: fc.constantFrom("0", "1", "9", ".", "n", "u", "m", "s", "h", "µ", "-", " ", "x"),
    });
    fc.assert(
      fc.property(fc.oneof(durations, others), (text) => {
        const sum = isDuration.test(text) ? sumOf(text) : undefined;
        if (sum !== undefined && sum <= Number.MAX_SAFE_INTEGER) {
          expect(parseDuration(text)).toBe(Number(sum));
        } else {
          expect(() => parseDuration(text)).toThrow(DurationError);
        }
      }),
      { numRuns: 2000 },
    );
  });
});

/** Nanoseconds of a valid duration: each part is cut off by itself. */
function sumOf(text: string): bigint {
  return [...text.matchAll(/(\d*)(?:\.(\d*))?([^\d.]*)/g)].reduce(
    (sum, [, whole = "", digits = "", unit]) => {
      const scaled = BigInt(whole + digits) * (UNITS[unit ?? ""] ?? 0n);
      return sum + scaled / 10n ** BigInt(digits.length);
    },
    0n,
  );
}
