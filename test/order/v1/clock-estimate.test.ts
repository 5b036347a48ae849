import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { openTraceFile } from "../../../src/node.js";
import type { Trace } from "../../../src/order/trace.js";
import { isRun, type StoredPart } from "../../../src/wire/observer.js";
import { runLines } from "../../../src/wire/v1/dump.js";
import { fixtureTraces, isFormat2, minorOf, variedTraces } from "../../support/corpus.js";
import { openBytes, readBlocks } from "../../support/reading.js";
import { V1TraceBuilder } from "../../support/trace-v1-builder.js";

const USUAL = 2.5e9 / 64;
const SOUND = [...new Map([...fixtureTraces(), ...variedTraces()].map((t) => [t.oracle, t])).values()].filter(
  ({ path }) => minorOf(path) > 0 && !isFormat2(path),
);
/** Traces of programs that sleep, on Linux. */
const SLEEPY = SOUND.filter(({ name }) => /^(gotest|sync-go1\.(18|19|21))/.test(name));

/** The frequency by which the events of a trace have their times, and the sleeps that it is estimated by. */
async function clockOf(trace: Trace): Promise<{ frequency: number; sleeps: number; isAssumed: boolean }> {
  let nsPerTick = Number.NaN;
  await readBlocks(trace, ({ generation }) => {
    nsPerTick = generation?.nsPerTick ?? nsPerTick;
  });
  const { diagnostics } = trace;
  expect(diagnostics.hasEstimatedTimes).toBe(true);
  const sleeps = diagnostics.count("frequency-estimated");
  return { frequency: 1e9 / nsPerTick, sleeps, isAssumed: diagnostics.count("frequency-assumed") === 1 };
}

/** The bytes of a trace up to where it tells its frequency, and that. */
async function withoutEnd(path: string): Promise<{ bytes: Uint8Array; told: number }> {
  let end = 0;
  let told = 0;
  const observe = (part: StoredPart) => {
    if (!isRun(part)) return;
    for (const line of runLines(part)) {
      const [, offset, frequency] = /^(\d+) Frequency freq=(\d+)/.exec(line) ?? [];
      if (offset === undefined) continue;
      end = Number(offset);
      told = Number(frequency);
    }
  };
  await readBlocks(await openTraceFile(path, { observe }), () => {});
  return { bytes: readFileSync(path).subarray(0, end), told };
}

describe.runIf(SOUND.length > 0)("the frequency of a trace without its end", () => {
  it.each(SOUND)("is near the true one, or the usual one: $name", async ({ path }) => {
    const { bytes, told } = await withoutEnd(path);
    const { frequency, sleeps, isAssumed } = await clockOf(await openBytes(bytes));
    expect(isAssumed).toBe(sleeps === 0);
    if (isAssumed) expect(frequency / USUAL).toBeCloseTo(1, 6);
    else expect(Math.abs(frequency / told - 1)).toBeLessThan(0.08);
  });

  it.each(SLEEPY)("is known by sleeps: $name", async ({ path }) => {
    const { bytes } = await withoutEnd(path);
    const { sleeps } = await clockOf(await openBytes(bytes));
    expect(sleeps).toBeGreaterThanOrEqual(10);
  });
});

/** A goroutine that sleeps, by lengths in ticks. */
function sleeper(lengths: readonly number[]): Uint8Array {
  const trace = new V1TraceBuilder(19);
  trace.add(trace.batch(0, 0, 1000), trace.event("GoCreate", 1, 1, 0, 0), trace.event("ProcStart", 1, 0));
  trace.add(trace.event("GoStartLocal", 1, 1), trace.event("Gomaxprocs", 1, 1, 0));
  for (const length of lengths) {
    trace.add(trace.event("GoSleep", 50, 0), trace.event("GoUnblockLocal", Math.round(length), 1, 0));
    trace.add(trace.event("GoStartLocal", 10, 1));
  }
  return trace.bytes();
}

describe("sleeps that a poll of a millisecond ends", () => {
  it.each([1.8, 2.25, 2.6, 3.5, 4])("tell the frequency of a clock of %f GHz", async (gigahertz) => {
    const told = (gigahertz * 1e9) / 64;
    // What sleeps take beside: some are ended sooner, by a P that is busy.
    const lengths = Array.from(
      { length: 60 },
      (_, i) => told * (i % 3 === 0 ? 1e-5 * i : 1.06e-3 + 4e-7 * i),
    );
    const { frequency, sleeps } = await clockOf(await openBytes(sleeper(lengths)));
    expect(Math.abs(frequency / told - 1)).toBeLessThan(0.03);
    expect(sleeps).toBe(40);
  });

  it("are not seen where sleeps are of any length, or few", async () => {
    const spread = Array.from({ length: 200 }, (_, i) => USUAL * (0.4e-3 + i * 1e-5));
    expect((await clockOf(await openBytes(sleeper(spread)))).isAssumed).toBe(true);
    const few = Array.from({ length: 9 }, () => USUAL * 1.07e-3);
    expect((await clockOf(await openBytes(sleeper(few)))).isAssumed).toBe(true);
  });
});
