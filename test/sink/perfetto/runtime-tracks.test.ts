import { join } from "node:path";
import { describe, expect, it } from "vitest";
import type { TraceOptions } from "../../../src/order/trace.js";
import { FIXTURES, fixtureTraces, someValidTraces } from "../../support/corpus.js";
import { type CounterValue, CounterWalk } from "../../support/counter-walk.js";
import { LeanOutput } from "../../support/lean-output.js";
import { LIKE_GO, readFileBlocks } from "../../support/reading.js";
import { SliceWalk } from "../../support/slice-walk.js";

/** Counters of goroutines by state, which have too many values in all but small traces. */
const STATES = ["Goroutines running", "Goroutines runnable", "Goroutines waiting", "Goroutines in syscall"];
const METRICS = ["Heap", "Heap goal", "GOMAXPROCS"];
const MOST_VALUES = 20_000;
/** Most events for which all values of the counters by state are kept. */
const MOST_EVENTS = 15_000;

const LARGER = ["annotations-go1.24", "gcheavy-go1.22", "gcheavy-go1.26", "manygens-gcheavy-go1.22"];
const traces = [...fixtureTraces(), ...someValidTraces([...LARGER, "syscalls-go1.26"])];

interface Walked {
  readonly counters: ReadonlyMap<string, readonly CounterValue[]>;
  readonly slices: SliceWalk;
  readonly events: number;
}

async function walk(path: string, options: TraceOptions = LIKE_GO): Promise<Walked> {
  const counters = new CounterWalk();
  const slices = new SliceWalk();
  let events = 0;
  await readFileBlocks(path, options, (block) => {
    counters.block(block);
    slices.block(block);
    events += block.length;
  });
  slices.finish();
  return { counters: counters.values(), slices, events };
}

/** The changes of a counter, which begins at 0. */
function changes(values: readonly CounterValue[] = []): CounterValue[] {
  return values.filter(([, value], i) => value !== (values[i - 1]?.[1] ?? 0));
}

describe("the tracks of the Go runtime", () => {
  it.each(traces)("have every value of short counters: $name", async (trace) => {
    const output = await LeanOutput.of(trace);
    const { counters, events } = await walk(trace.path);
    const complete = [...METRICS, ...(events < MOST_EVENTS ? [...STATES, "Threads with a P"] : [])];
    for (const name of complete) {
      const expected = changes(counters.get(name));
      if (expected.length <= MOST_VALUES)
        expect([name, changes(output.counters.get(name))]).toEqual([name, expected]);
    }
    for (const [name, values] of output.counters)
      expect([name, values.length <= MOST_VALUES]).toEqual([name, true]);
  });

  it("follow the states that the repair of a damaged trace adds", async () => {
    const path = join(FIXTURES, "damaged/woken-twice-without-a-run.trace");
    const output = await LeanOutput.of({ path }, {});
    const { counters } = await walk(path, {});
    for (const name of STATES)
      expect([name, output.counters.get(name)?.at(-1)?.[1] ?? 0]).toEqual([
        name,
        counters.get(name)?.at(-1)?.[1] ?? 0,
      ]);
  });

  it.each(traces)("have the GC cycles and stop-the-world of the trace: $name", async (trace) => {
    const { slices } = await LeanOutput.of(trace);
    const { gc, stops } = (await walk(trace.path)).slices;
    expect(slices.get("GC") ?? []).toEqual(gc);
    expect(slices.get("Stop the world") ?? []).toEqual(stops);
  });
});
