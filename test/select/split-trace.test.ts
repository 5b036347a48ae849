// @module-tag slowest

import { describe, expect, it } from "vitest";
import { Diagnostics } from "../../src/base/diagnostics.js";
import { EventBlock } from "../../src/event/block.js";
import { copyEvent } from "../../src/event/copy-event.js";
import { openTraceFile } from "../../src/node.js";
import { openTrace } from "../../src/order/open.js";
import type { Trace } from "../../src/order/trace.js";
import { partOf } from "../../src/select/find-selection.js";
import { type SplitOptions, splitTrace } from "../../src/select/split-trace.js";
import { WindowedTrace } from "../../src/select/windowed-trace.js";
import { convert } from "../../src/sink/convert.js";
import { TRACE_FORMATS } from "../../src/wire/format.js";
import type { JsonTrace } from "../support/chrome-json.js";
import { fixtureTraces, goTests, invalidTraces, validTrace } from "../support/corpus.js";
import { EndlessProgram } from "../support/endless-program.js";
import { jsonProblems } from "../support/integrity-json.js";
import { pftraceProblems } from "../support/integrity-pftrace.js";
import {
  convertedPart,
  convertedParts,
  fullSink,
  jsonSink,
  leanJsonSink,
  leanSink,
} from "../support/parts.js";
import { readPftrace } from "../support/pftrace-reader.js";
import fc from "../support/properties.js";
import { chunkedFile, readBlocks } from "../support/reading.js";
import { StateSums } from "../support/state-sums.js";
import { usedMemory } from "../support/used-memory.js";

/** Time of a trace's last event, as far as it goes. */
async function durationOf(path: string): Promise<number> {
  let end = 0;
  await readBlocks(await openTraceFile(path), (block) => {
    end = block.time[block.length - 1] as number;
  });
  return end;
}

const sorted = (map: ReadonlyMap<string, number>) => [...map].sort(([a], [b]) => (a < b ? -1 : 1));

/** Times by goroutine and state over all parts of a trace, and how many parts these are. */
async function sumsOfParts(path: string, options: SplitOptions): Promise<[Map<string, number>, number]> {
  const total = new Map<string, number>();
  let parts = 0;
  let next = 0;
  for await (const part of splitTrace(await openTraceFile(path), options)) {
    expect(part.part).toEqual({ from: next, number: ++parts });
    const sums = new StateSums();
    let end = 0;
    await readBlocks(part, (block) => {
      sums.model.block(block);
      end = block.time[block.length - 1] as number;
    });
    sums.model.finish();
    for (const [key, value] of sums.sums) total.set(key, (total.get(key) ?? 0) + value);
    next += end;
  }
  return [total, parts];
}

async function sumsOf(path: string): Promise<Map<string, number>> {
  const sums = new StateSums();
  await readBlocks(await openTraceFile(path), (block) => sums.model.block(block));
  sums.model.finish();
  return sums.sums;
}

const SINKS = { full: fullSink, lean: leanSink, JSON: jsonSink, "lean JSON": leanJsonSink };

describe("a part", () => {
  // Each window reads the trace again up to its end, so every other trace is tried with the one sink or the other.
  it.each(fixtureTraces().map(({ name, path }, i) => ({ name, path, sink: i % 2 ? jsonSink : fullSink })))(
    "is to the byte the window from its beginning to its end: $name",
    { tags: ["long"] },
    async ({ path, sink }) => {
      const step = Math.ceil((await durationOf(path)) / 5.5);
      const parts = await convertedParts(path, { step }, sink);
      expect(parts.length).toBeGreaterThan(1);
      for (const { bytes, from, duration, summary } of parts) {
        const window = { from, to: from + duration };
        const alone = await convertedPart(new WindowedTrace(await openTraceFile(path), window), sink);
        expect(alone.duration).toBe(duration);
        expect(Buffer.compare(alone.bytes, bytes)).toBe(0);
        expect(summary?.part).toMatchObject(window);
      }
    },
  );

  it("is that also of a window, and of some goroutines", async () => {
    const { path } = validTrace("sync-go1.26");
    const outer = { from: 3e6, to: 31e6 };
    const selection = { goroutines: new Set([1, 6, 20]), tasks: new Set<number>() };
    const parts = await convertedParts(path, { window: outer, selection, step: 10e6 });
    expect(parts.map(({ from, duration }) => [from, from + duration])).toEqual([
      [3e6, 10e6],
      [10e6, 20e6],
      [20e6, 30e6],
      [30e6, 31e6],
    ]);
    for (const { bytes, from, duration } of parts) {
      const window = { from, to: from + duration };
      const alone = await convertedPart(partOf(await openTraceFile(path), { window, selection }));
      expect(Buffer.compare(alone.bytes, bytes)).toBe(0);
    }
  });

  it.each(Object.entries(SINKS))(
    "is the same again, and from a stream in chunks of any size: %s",
    { tags: ["long"] },
    async (_name, sink) => {
      const { path } = validTrace("annotations-go1.26");
      const options = { step: 300_000 };
      const expected = await convertedParts(path, options, sink);
      expect(expected.length).toBeGreaterThan(2);
      for (const size of [7, 1000, Number.POSITIVE_INFINITY]) {
        const trace = Number.isFinite(size) ? openTrace(chunkedFile(path, size)) : openTraceFile(path);
        let i = 0;
        for await (const part of splitTrace(await trace, options)) {
          const { bytes } = await convertedPart(part, sink);
          expect(Buffer.compare(bytes, expected[i++]?.bytes ?? new Uint8Array())).toBe(0);
        }
        expect(i).toBe(expected.length);
      }
    },
  );
});

describe("parts of any length", () => {
  const small = fixtureTraces().filter(({ name }) => !/^(http|flightrec)/.test(name));

  it.each([...small, ...goTests()])(
    "add up to the whole, by goroutine, state and reason: $name",
    { tags: ["long"] },
    async ({ path }) => {
      const whole = sorted(await sumsOf(path));
      const end = await durationOf(path);
      const cuts = fc.record({
        share: fc.double({ min: 0.02, max: 1.1, noNaN: true }),
        full: fc.integer({ min: 1, max: 4000 }),
      });
      const property = fc.asyncProperty(cuts, async ({ share, full }) => {
        const step = Math.max(Math.floor(end * share), 1);
        const [sums] = await sumsOfParts(path, { step, isFull: (events) => events >= full });
        expect(sorted(sums)).toEqual(whole);
      });
      await fc.assert(property, { numRuns: 4, seed: 1 });
    },
  );

  it.each(small)("refer to nothing that is not there: $name", { tags: ["long"] }, async ({ path }) => {
    const step = Math.ceil((await durationOf(path)) / 7);
    for (const part of await convertedParts(path, { step }))
      expect(pftraceProblems(readPftrace(part.bytes))).toEqual([]);
    for (const sink of [jsonSink, leanJsonSink])
      for (const part of await convertedParts(path, { step }, sink))
        expect(jsonProblems(JSON.parse(Buffer.from(part.bytes).toString()) as JsonTrace)).toEqual([]);
  });

  it("are as many as steps with events: what is between belongs to the one before", async () => {
    const { path } = validTrace("hello-go1.26");
    const times: number[] = [];
    await readBlocks(await openTraceFile(path), (block) => {
      if (block.generation !== undefined) times.push(...block.time.slice(0, block.length));
    });
    const step = 10_000;
    const parts = await convertedParts(path, { step }, leanSink);
    const steps = new Set(times.map((time) => Math.floor(time / step)));
    expect(parts.map(({ from }) => from / step)).toEqual([...steps]);
    expect(Math.max(...parts.map(({ duration }) => duration))).toBeGreaterThan(step);
    const whole = await convertedPart(await openTraceFile(path), leanSink);
    expect(parts.reduce((sum, { duration }) => sum + duration, 0)).toBe(whole.duration);
  });

  it("are one if the trace is shorter", async () => {
    const { path } = validTrace("hello-go1.26");
    const whole = await convertedPart(await openTraceFile(path));
    const parts = await convertedParts(path, { step: 1e12, isFull: (events) => events > 1e9 });
    expect(parts.map(({ duration, summary }) => [duration, summary?.part])).toEqual([
      [whole.duration, { from: 0, to: whole.duration, number: 1 }],
    ]);
  });
});

const broken = invalidTraces().filter(({ name }) => !name.includes("http"));

describe.runIf(broken.length > 0)("the parts of a trace that breaks", () => {
  it.each(broken)(
    "are all there is up to the break, the last with the error: $name",
    { tags: ["long"] },
    async ({ path }) => {
      const open = () => openTraceFile(path).catch(() => undefined);
      const trace = await open();
      if (trace === undefined) return;
      const whole = await convertedPart(trace);
      const step = Math.ceil(whole.duration / 3.5) || 1;
      const parts = await convertedParts(path, { step });
      expect(parts.at(-1)?.error?.code).toBe(whole.error?.code);
      expect(parts.slice(0, -1).filter(({ error }) => error !== undefined)).toEqual([]);
      const last = parts.at(-1);
      expect((last?.from ?? 0) + (last?.duration ?? 0)).toBe(whole.duration);
      for (const part of parts) expect(pftraceProblems(readPftrace(part.bytes))).toEqual([]);
    },
  );
});

describe("splitting", () => {
  it("reads no more than is asked for, also if a part is left", async () => {
    const { path } = validTrace("manygens-sync-go1.26");
    const trace = await openTraceFile(path);
    for await (const part of splitTrace(trace, { step: 1e6 })) {
      for await (const block of part.blocks()) {
        expect(block.length).toBeGreaterThan(0);
        break;
      }
    }
    const read = trace.bytesRead;
    const whole = await openTraceFile(path);
    await readBlocks(whole, () => undefined);
    expect(read).toBeLessThan(whole.bytesRead);
    const window = { from: 1e6, to: 2e6 };
    const few = await openTraceFile(path);
    for await (const part of splitTrace(few, { window, step: 400_000 })) await convertedPart(part);
    expect(few.bytesRead).toBeLessThan(whole.bytesRead);
  });

  it("takes a memory that does not grow with the number of parts", { tags: ["long"] }, async () => {
    const used: number[] = [];
    const step = 20_000_000;
    let parts = 0;
    for await (const part of splitTrace(endlessTrace(new EndlessProgram(), 12_000), { step })) {
      await readBlocks(part, () => undefined);
      // The collections that this takes are most of the work.
      if (parts++ % 4 === 0) used.push(usedMemory());
    }
    expect(parts).toBeGreaterThan(200);
    // What is kept, and not the blocks that happen to be on their way when a part ends.
    const least = (from: number, to: number) => Math.min(...used.slice(from, to));
    expect(least(-25, used.length) - least(2, 15)).toBeLessThan(2);
  });

  it.each(Object.entries(SINKS))(
    "takes no more for what is written: %s",
    { tags: ["long"] },
    async (_name, sink) => {
      const used: number[] = [];
      const step = 1_000_000;
      let parts = 0;
      for await (const part of splitTrace(endlessTrace(new EndlessProgram(), 150), { step })) {
        await convert(part, sink(), { write: () => undefined });
        if (parts++ % 2 !== 0) continue;
        // The engine lets go of some of it only behind a collection and a turn of the event loop.
        usedMemory();
        await new Promise((resolve) => setTimeout(resolve, 5));
        used.push(usedMemory());
      }
      expect(parts).toBeGreaterThan(50);
      const least = (from: number, to: number) => Math.min(...used.slice(from, to));
      expect(least(-10, used.length) - least(2, 10)).toBeLessThan(2);
    },
  );
});

/** A program's trace of so many blocks. */
function endlessTrace(program: EndlessProgram, blocks: number): Trace {
  const [format] = TRACE_FORMATS.slice(-1);
  if (format === undefined) throw new Error("no format");
  return {
    format,
    diagnostics: new Diagnostics(),
    timeBase: 1,
    bytesRead: 0,
    generations: 1,
    close: () => Promise.resolve(),
    blocks: () => blocksOf(program, blocks),
  };
}

async function* blocksOf(program: EndlessProgram, blocks: number): AsyncGenerator<EventBlock> {
  program.start();
  yield copied(program.block);
  program.first();
  for (let i = 0; i < blocks; i++) {
    yield copied(program.block);
    program.next();
  }
}

/** Whoever gets it may change it. */
function copied(block: EventBlock): EventBlock {
  const copy = new EventBlock();
  copy.length = block.length;
  copy.generation = block.generation;
  for (let i = 0; i < block.length; i++) copyEvent(block, i, copy, i);
  return copy;
}
