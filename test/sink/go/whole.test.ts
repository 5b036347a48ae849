import { readFileSync, statSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { openTraceFile } from "../../../src/node.js";
import { fixture } from "../../cli/command.js";
import { isFormat2, variedTraces } from "../../support/corpus.js";
import { goSourceWith, parsedByGo } from "../../support/go-tool.js";
import { dumpOfFile, type Trimmed, trimmed } from "../../support/trimmed.js";

/** Every format, several generations, CPU samples, annotations that are not UTF-8, experiments, coroutines. */
const TRACES = [
  "hello-go1.22",
  "hello-go1.23",
  "hello-go1.25",
  "hello-go1.26",
  "syscalls-go1.22",
  "cpusamples-go1.26",
  "annotations-go1.26",
  "manygens-sync-go1.26",
  "allocfree-sync-go1.26",
];

/** Bytes: their events are compared as text. */
const LARGEST = 500_000;

const header = (path: string) => readFileSync(path).subarray(0, 16).toString();

/** A trace with the timestamps of the input, as `trim` writes it if it cannot copy the bytes. */
async function written(path: string): Promise<Trimmed> {
  const trace = await openTraceFile(path);
  return trimmed(trace, trace.format.minor, true);
}

describe("a whole trace, written again", () => {
  test.each(TRACES)("gives our reader the same events: %s", async (name) => {
    const path = fixture(`${name}.trace`);
    const out = await written(path);
    expect(header(out.path)).toBe(header(path));
    expect(out.omissions).toEqual([]);
    expect(await dumpOfFile(out.path)).toEqual(await dumpOfFile(path));
  });

  test.each(TRACES)("gives it the same events with nanoseconds too: %s", async (name) => {
    const path = fixture(`${name}.trace`);
    const out = await trimmed(await openTraceFile(path));
    expect(await dumpOfFile(out.path)).toEqual(await dumpOfFile(path));
  });

  test.each(TRACES)("is not larger than the input: %s", async (name) => {
    const path = fixture(`${name}.trace`);
    expect((await written(path)).size).toBeLessThanOrEqual(statSync(path).size);
  });

  test("has the format that is asked for, and no event that it lacks", async () => {
    const path = fixture("allocfree-sync-go1.26.trace");
    const out = await trimmed(await openTraceFile(path), 22);
    expect(header(out.path)).toBe("go 1.22 trace\0\0\0");
    const experimental = / (Span|HeapObject|GoroutineStack)(Alloc|Free)? /;
    const expected = (await dumpOfFile(path)).filter((line) => !experimental.test(line)).map(asOf22);
    expect(await dumpOfFile(out.path)).toEqual(expected);
    expect(out.omissions).toEqual([expect.stringMatching(/^[\d,]+ events left out, which go 1.22 lacks$/)]);
  });
});

/** Go 1.22 has no stacks of statuses and no wall clock. */
function asOf22(line: string): string {
  return line.replace(/ wall=\d+$/, "").replace(/( GoStatus .*) stack=".*"$/, "$1");
}

const go = goSourceWith(
  "src/internal/trace/tracev2/events.go",
  "Go's own reader of the traces that we write",
);

describe.skipIf(go === undefined)("Go's own reader", () => {
  // What is cut is repaired, and so not the same.
  const same = variedTraces(LARGEST).filter(({ path, cut }) => isFormat2(path) && cut === undefined);
  test.each(same)(
    "prints the same of the output as of the input: $name",
    { tags: ["long"] },
    async ({ path }) => {
      const out = await written(path);
      const root = go?.root ?? "";
      expect(parsedByGo(out.path, root)).toBe(parsedByGo(path, root));
    },
  );
});
