import { statSync } from "node:fs";
import { expect, test } from "vitest";
import { openTraceFile } from "../../../src/node.js";
import { splitTrace } from "../../../src/select/split-trace.js";
import type { ChromeOptions } from "../../../src/sink/chrome/options.js";
import { TRACK_GROUPS } from "../../../src/sink/view-options.js";
import { type JsonTrace, jsonOf, jsonOutput, jsonTrace } from "../../support/chrome-json.js";
import { FIXTURES, fixtureTraces, goTests, validTrace } from "../../support/corpus.js";
import { documentedFields, jsonProblems } from "../../support/integrity-json.js";

/** Traces that take seconds. */
const fixtures = fixtureTraces().filter(({ path }) => statSync(path).size < 80_000);

const CHOICES: readonly ChromeOptions[] = [
  {},
  { stacks: "annotation", group: "none" },
  { stacks: "none", tracks: ["procs", "tasks", "logs"] },
  { minDuration: 50_000 },
  { minDuration: 1_000, tracks: ["threads", "goroutines", "gc"], limit: { events: 3000, goroutines: 1e9 } },
  { lean: true },
  { lean: true, tracks: ["goroutines", "threads"] },
];

test.each(CHOICES)(
  "with %j the fixtures' files are as docs/chrome-json.md says, and sound",
  async (options) => {
    for (const { name, path } of fixtures) {
      const problems = jsonProblems(await jsonTrace(path, options));
      expect([name, problems.slice(0, 10)]).toEqual([name, []]);
    }
  },
);

test("Go's corner cases make sound files", { tags: ["long"] }, async () => {
  for (const { name, path, expect: expected } of goTests()) {
    if (expected.readerRc === 1) continue;
    const { text } = await jsonOutput(path);
    expect([name, text === "" ? [] : jsonProblems(JSON.parse(text) as JsonTrace)]).toEqual([name, []]);
  }
});

test("every field that docs/chrome-json.md describes occurs", { tags: ["long"] }, async () => {
  const seen = new Set<string>();
  // No other trace has a clock that is set.
  const paths = [...fixtures.map((each) => each.path), `${FIXTURES}/field/f_wallback.trace`];
  for (const path of paths) {
    jsonProblems(await jsonTrace(path), seen);
    jsonProblems(await jsonTrace(path, { stacks: "annotation", minDuration: 1000 }), seen);
  }
  const { path } = validTrace("sync-go1.26");
  for await (const part of splitTrace(await openTraceFile(path), { step: 5_000_000 }))
    jsonProblems(JSON.parse((await jsonOf(part)).text) as JsonTrace, seen);
  expect(documentedFields().filter((field) => !seen.has(field))).toEqual(["About.incomplete"]);
});

test("the same input gives the same bytes", async () => {
  const { path } = validTrace("annotations-go1.26");
  const { text } = await jsonOutput(path, { tracks: TRACK_GROUPS });
  expect((await jsonOutput(path)).text).toBe(text);
});
