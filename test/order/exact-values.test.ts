import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { openTraceFile } from "../../src/node.js";
import { splitTrace } from "../../src/select/split-trace.js";
import { eventText } from "../../src/sink/text/event-text.js";
import { storedLines } from "../../src/wire/dump.js";
import { FIXTURES } from "../support/corpus.js";
import { goSourceWith, parsedByGo } from "../support/go-tool.js";
import { readBlocks } from "../support/reading.js";
import { V1TraceBuilder } from "../support/trace-v1-builder.js";

const VALUES = [2n ** 64n - 1n, 2n ** 53n + 1n, 2n ** 63n + 1025n, 2n ** 53n - 1n, 0n];

const folder = mkdtempSync(join(tmpdir(), "exact-"));

function format1(): string {
  const trace = new V1TraceBuilder(19);
  trace.add(trace.batch(0, 0, 1000), trace.event("GoCreate", 1, 1, 0, 0), trace.event("ProcStart", 1, 7));
  trace.add(trace.event("GoStart", 1, 1, 1), trace.event("Gomaxprocs", 1, 1, 0));
  for (const value of VALUES) trace.add(trace.event("HeapGoal", 10, value));
  const path = join(folder, "format-1");
  writeFileSync(path, trace.add(trace.frequency(1e9)).bytes());
  return path;
}

const traces = [
  { name: "format 1", path: format1(), values: VALUES },
  {
    name: "format 2",
    path: join(FIXTURES, "field/e_big_values.trace"),
    values: [2n ** 64n - 1n, 2n ** 53n + 1n],
  },
];

const go = goSourceWith("src/internal/trace/tracev1.go", "numbers beyond 2^53 by Go's own reader");

describe.each(traces)("numbers beyond 2^53 in a trace of $name", ({ path, values }) => {
  it("are exact in the ordered events", async () => {
    const lines: string[] = [];
    await readBlocks(await openTraceFile(path), (block) => {
      for (let i = 0; i < block.length; i++) lines.push(eventText(block, i));
    });
    const given = lines.flatMap((line) => / Heap\w+ value=(\d+)$/.exec(line)?.[1] ?? []);
    expect(given).toEqual(values.map(String));
  });

  it("are exact where a part restates them", async () => {
    const first: string[] = [];
    for await (const part of splitTrace(await openTraceFile(path), { step: 16 }))
      await readBlocks(part, (block) => {
        for (let i = 0; i < block.length; i++) {
          const value = / HeapGoal value=(\d+)$/.exec(eventText(block, i))?.[1];
          if (value !== undefined && !first.includes(value)) first.push(value);
        }
      });
    expect(first[0]).toBe(String(values[0]));
  });

  it("are exact in the events as stored", async () => {
    const lines: string[] = [];
    const trace = await openTraceFile(path, { observe: (part) => void lines.push(...storedLines(part)) });
    await readBlocks(trace, () => {});
    const given = lines.flatMap(
      (line) => / Heap\w+ .*(?:heapgoal|heapalloc|mem)=(-?\d+)$/.exec(line)?.[1] ?? [],
    );
    expect(given).toEqual(values.map(String));
  });

  it.skipIf(go === undefined)("are those of Go's reader", () => {
    const text = parsedByGo(path, go?.root ?? "");
    expect([...text.matchAll(/Uint64\((\d+)\)/g)].map(([, value]) => value)).toEqual(values.map(String));
  });
});
