import { join } from "node:path";
import { expect, test } from "vitest";
import { AnalysisPass } from "../../src/analysis/analysis.js";
import { Explanation } from "../../src/analysis/explain/explanation.js";
import { KIND_NAMES } from "../../src/analysis/profile/kinds.js";
import { Profiles } from "../../src/analysis/profile/profiles.js";
import { TraceStats } from "../../src/analysis/stats/trace-stats.js";
import type { EventBlock } from "../../src/event/block.js";
import { EVENT_KINDS } from "../../src/event/kind.js";
import { openTraceFile } from "../../src/node.js";
import { FIXTURES } from "../support/corpus.js";
import { faultTrace } from "../support/planted-faults.js";
import { readBlocks } from "../support/reading.js";

/** Puts a number into the columns of indices that the kind of an event does not use. */
function fillStale(block: EventBlock, number: number): void {
  for (let i = 0; i < block.length; i++) {
    const { stacks = 0, strings = [] } = EVENT_KINDS[block.kind[i] as number] ?? {};
    if (stacks < 1) block.stack[i] = number;
    if (stacks < 2) block.subjectStack[i] = number;
    if (strings.length < 1) block.name[i] = number;
    if (strings.length < 2) block.text[i] = number;
  }
}

/** All that is said of a trace, with such a number in unused columns. */
async function saidOf(path: string, number: number): Promise<unknown> {
  const explanation = new Explanation({ top: 100 });
  const stats = new TraceStats();
  const profiles = new Profiles({ kinds: KIND_NAMES });
  const pass = new AnalysisPass([...explanation.analyses, ...stats.analyses, profiles]);
  await readBlocks(await openTraceFile(path), (block) => {
    fillStale(block, number);
    pass.events(block);
  });
  pass.end();
  return [explanation.report(), stats.report(), ...KIND_NAMES.map((kind) => profiles.profile(kind))];
}

const TRACES = [
  join(FIXTURES, "annotations-go1.26.trace"),
  join(FIXTURES, "annotations-go1.21.trace"),
  join(FIXTURES, "gomaxprocs-go1.26.trace"),
  // Many of their goroutines end while all Ps are busy.
  faultTrace("go1.26", "churn", "planted"),
  faultTrace("go1.26", "connections", "planted"),
  faultTrace("go1.22", "connections", "planted"),
];

test.each(TRACES)("what an event does not have is not read: %s", async (path) => {
  expect(await saidOf(path, 1)).toEqual(await saidOf(path, 0));
});
