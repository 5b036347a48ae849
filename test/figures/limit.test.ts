import { describe, expect, test } from "vitest";
import { pathText } from "../../src/figures/catalogue.js";
import { LimitError, parseLimit } from "../../src/figures/limit.js";
import fc from "../support/properties.js";

function errorOf(text: string): { message: string; at: number } {
  try {
    parseLimit(text);
  } catch (error) {
    if (error instanceof LimitError) return { message: error.message, at: error.at };
    throw error;
  }
  throw new Error(`${text} was parsed`);
}

describe("a limit", () => {
  test.each([
    ["sched.p99 < 5ms", ["sched", "p99"], "<", 5_000_000],
    ["  sched.p99<=1m1.5s ", ["sched", "p99"], "<=", 61_500_000_000],
    ["sched.max != 0", ["sched", "max"], "!=", 0],
    ["goroutines.count < 10000", ["goroutines", "count"], "<", 10000],
    ["block.sync.total < 2s", ["block", "sync", "total"], "<", 2e9],
    ['block["chan receive"].p999 >= 10us', ["block", "chan receive", "p999"], ">=", 10_000],
    ['function["main.(*T).f\\"\\u0041"].exec == 3ns', ["function", 'main.(*T).f"A', "exec"], "==", 3],
    ["gc.stw.max < 1ms", ["gc", "stw", "max"], "<", 1e6],
    ['gc.stw["GC mark termination"].max < 1ms', ["gc", "stw", "GC mark termination", "max"], "<", 1e6],
    ["finding.lock-contention.count == 0", ["finding", "lock-contention", "count"], "==", 0],
    ["finding.too-few-ps.weight<5%", ["finding", "too-few-ps", "weight"], "<", 0.05],
    ["gc.assistShare < 5%", ["gc", "assistShare"], "<", 0.05],
    ["procs.busyShare > .5", ["procs", "busyShare"], ">", 0.5],
    ["gc.sweeps.bytesSwept < 8 MiB", ["gc", "sweeps", "bytesSwept"], "<", 8 << 20],
    ["gc.sweeps.bytesSwept < 1.5GB", ["gc", "sweeps", "bytesSwept"], "<", 1.5e9],
    ["gc.sweeps.bytesSwept < 10MB", ["gc", "sweeps", "bytesSwept"], "<", 1e7],
    ["gc.sweeps.bytesSwept < 3KiB", ["gc", "sweeps", "bytesSwept"], "<", 3072],
    ['mmu["10ms"] > 50 %', ["mmu", "10ms"], ">", 0.5],
  ])("%s", (text, path, operator, bound) => {
    expect(parseLimit(text)).toMatchObject({ text: text.trim(), path, operator, bound });
  });

  test.each([
    ["", "a figure is expected here", 0],
    ["5ms > sched.p99", "a figure is expected here", 0],
    ["sched.p99- < 5ms", "one of < <= > >= == !=", 9],
    ["sched.p99--x < 5ms", "one of < <= > >= == !=", 9],
    ["sched. < 5ms", 'a name is expected after the "."', 6],
    ["block[sync].total < 5ms", "a name in double quotes", 6],
    ['block["sync".total < 5ms', '"]" is expected here', 12],
    ['block["a\\q"].total < 5ms', "no string of JSON", 6],
    ["sched.p98 < 5ms", 'there is no figure "sched.p98"; similar ones: sched.p9', 0],
    ["sched < 5ms", "there is no figure", 0],
    ["sched.p99.x < 5ms", "there is no figure", 0],
    ["function.main.main.exec < 5ms", "there is no figure", 0],
    ["sched.p99 = 5ms", "one of < <= > >= == !=", 10],
    ["sched.p99 5ms", "one of < <= > >= == !=", 10],
    ["sched.p99", "one of < <= > >= == !=", 9],
    ["sched.p99 < ", "a duration such as 5ms is expected here", 12],
    ["sched.p99 < 5", '"5" is not a duration such as 5ms: it has no unit at its end', 12],
    ["sched.p99 < 5ms 6ms", '"5ms 6ms" is not a duration such as 5ms: it has an unknown unit', 12],
    ["sched.p99 < -5ms", '"-5ms" is not a duration such as 5ms: it is negative', 12],
    ["goroutines.count < 5ms", '"ms" is no unit of this figure: a number', 20],
    ["goroutines.count < many", "a number is expected here", 19],
    ["gc.sweeps.bytesSwept < 5", "the unit is missing: a size", 24],
    ["gc.assistShare < 5kB", '"kB" is no unit of this figure: a share', 18],
    ["constructor.p99 < 5ms", "there is no figure", 0],
  ])("that does not parse says where: %s", (text, message, at) => {
    expect(errorOf(text)).toEqual({ message: expect.stringContaining(message), at });
  });

  test("parses the text of any path", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary" }), (name) => {
        const path = ["function", name, "exec"];
        expect(parseLimit(`${pathText(path)} < 1s`).path).toEqual(path);
      }),
    );
  });

  test("parses any text, or rejects it with a position", () => {
    fc.assert(
      fc.property(fc.stringMatching(/^[a-z.["\]\\<>=! 0-9%m*]*$/), (text) => {
        try {
          parseLimit(text);
        } catch (error) {
          expect(error).toBeInstanceOf(LimitError);
          expect((error as LimitError).at).toBeLessThanOrEqual(text.length);
        }
      }),
    );
  });
});
