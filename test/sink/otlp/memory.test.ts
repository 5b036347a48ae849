// @module-tag long
import { expect, test } from "vitest";
import { SpanSink } from "../../../src/sink/otlp/span-sink.js";
import { EndlessProgram } from "../../support/endless-program.js";
import { TEST_OPTIONS } from "../../support/otlp/sink-spans.js";
import { usedMemory } from "../../support/used-memory.js";

const WHOLE = { states: "all", minBlock: 0 } as const;

/** Blocks before the first measurement of memory, and between both, in the unit of the next constant. */
const WARM = 1;
const MORE = 10;
/** About 77 requests each: a task, a region, a goroutine, a log and a stop of the world. */
const BLOCKS = 400;

test.each([
  ["given out as they end", { maxSpansPerTrace: 0 }],
  ["of a stream, up to a limit", { maxSpansPerTrace: 1000, live: true }],
  ["held until their trace is complete, up to a limit", { maxSpansPerTrace: 1000 }],
])("memory does not grow with the trace, with spans %s", { timeout: 600_000 }, (_, options) => {
  const program = new EndlessProgram();
  const sink = new SpanSink({ ...TEST_OPTIONS, ...WHOLE, ...options }, 0);
  program.start();
  sink.events(program.block);
  program.first();
  let taken = 0;
  const follow = (units: number) => {
    for (let n = 0; n < units * BLOCKS; n++) {
      sink.events(program.block);
      taken += sink.take().length;
      program.next();
    }
    return usedMemory();
  };
  const before = follow(WARM);
  const given = taken;
  const after = follow(MORE);
  expect(taken).toBeGreaterThan(given * 5);
  expect(after - before).toBeLessThan(8);
});
