import { gunzipSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import type { Trace } from "../../../src/order/trace.js";
import type { ChromeOptions } from "../../../src/sink/chrome/options.js";
import { openAsGoPrints, openAsGoTells } from "../../support/as-go-tells.js";
import type { View } from "../../support/as-go-views.js";
import { type JsonEvent, type JsonTrace, jsonOf } from "../../support/chrome-json.js";
import { type CorpusTrace, isFormat2, variedTraces } from "../../support/corpus.js";
import { counterTexts, OfficialCounters } from "../../support/official-counters.js";
import { officialDifferences, officialRows, ourRows } from "../../support/official-json.js";
import { oracleFile } from "../../support/oracle.js";

const VIEWS: readonly (readonly [View, "procs" | "threads"])[] = [
  ["proc", "procs"],
  ["thread", "threads"],
];

/** What Go's viewer was served. */
function official(trace: CorpusTrace, view: View): JsonTrace | undefined {
  const bytes = oracleFile(trace, `web/jsontrace-${view}.json.gz`);
  return bytes && (JSON.parse(gunzipSync(bytes).toString("utf8")) as JsonTrace);
}

/** The events by Go's tools. Their view of Ps assumes the calls that `initialSyscalls` describes. */
function open({ path }: CorpusTrace, view: View): Promise<Trace> {
  return view === "proc" ? openAsGoTells(path) : openAsGoPrints(path);
}

/** Ours of the same events. */
async function oursOf(trace: CorpusTrace, view: View, options: ChromeOptions = {}): Promise<JsonTrace> {
  const { text } = await jsonOf(await open(trace, view), options);
  return JSON.parse(text) as JsonTrace;
}

async function countersOf(trace: CorpusTrace, view: View): Promise<OfficialCounters> {
  const counters = new OfficialCounters();
  for await (const block of (await open(trace, view)).blocks()) counters.block(block);
  return counters;
}

/** The first difference of two lists, if any. */
function firstDifference(actual: readonly string[], expected: readonly string[]): string[] {
  const at = actual.findIndex((each, i) => each !== expected[i]);
  if (at < 0 && actual.length === expected.length) return [];
  const where = at < 0 ? actual.length : at;
  return [`${where}`, `${actual[where]}`, `instead of ${expected[where]}`];
}

const cases = variedTraces().flatMap((trace) =>
  VIEWS.filter(([view]) => official(trace, view) !== undefined).map(([view, tracks]) => ({
    trace,
    name: trace.name,
    view,
    tracks,
  })),
);
const annotations = cases.filter(({ name }) => name.startsWith("annotations"));

it("there are traces to compare with", () => {
  expect(cases.length).toBeGreaterThanOrEqual(8);
});

describe("JSON for Chrome", () => {
  it.each(cases)(
    "of $name has the events and counters of Go's viewer by $view, and no others",
    async (each) => {
      const { trace, view, tracks } = each;
      const theirs = official(trace, view) as JsonTrace;
      const ours = await oursOf(trace, view, { tracks: [tracks] });
      expect(officialDifferences(ours, theirs, view, !isFormat2(trace.path))).toEqual([]);
      expect(ourRows(ours).sort()).toEqual(officialRows(theirs).sort());
      const counters = await countersOf(trace, view);
      expect(firstDifference(counterTexts(theirs), counters.official)).toEqual([]);
      expect(firstDifference(counterTexts(ours), counters.ours)).toEqual([]);
      expect(theirs.traceEvents.length).toBeGreaterThan(40);
    },
  );

  it.each(annotations)("of $name has them also with all rows, by $view", async ({ trace, view }) => {
    const theirs = official(trace, view) as JsonTrace;
    const ours = await oursOf(trace, view);
    expect(officialDifferences(ours, theirs, view, !isFormat2(trace.path))).toEqual([]);
  });
});

type Change = (event: JsonEvent) => JsonEvent[];

const named = (name: string) => (event: JsonEvent) => event.name === name;
const isRun = ({ ph, cat, esf }: JsonEvent) => ph === "X" && cat === "go.run" && esf !== undefined;
const isCall = ({ ph, name, dur }: JsonEvent) => ph === "X" && name === "syscall" && dur !== 0;
const isCreation = (phase: string) => (event: JsonEvent) => event.ph === phase && event.cat === "go.create";
const later: Change = (event) => [{ ...event, ts: (event.ts ?? 0) + 0.001 }];
const longer: Change = (event) => [{ ...event, dur: (event.dur ?? 0) + 0.001 }];
const elsewhere: Change = (event) => [{ ...event, tid: (event.tid ?? 0) + 1 }];
const withoutStack: Change = ({ sf: _, ...event }) => [event];

/** Changes that the comparison must notice. */
const CHANGES: readonly (readonly [what: string, isOne: (event: JsonEvent) => boolean, change: Change])[] = [
  ["a run that is missing", isRun, () => []],
  ["a run that is there twice", isRun, (event) => [event, event]],
  ["a run of another name", isRun, (event) => [{ ...event, name: `${event.name}x` }]],
  ["a run that is later", isRun, later],
  ["a run that is longer", isRun, longer],
  ["a run on another row", isRun, elsewhere],
  ["a run with another stack at its end", isRun, ({ esf: _, ...event }) => [event]],
  ["a system call with another stack", isCall, withoutStack],
  ["a system call that blocks or not", isCall, (event) => [{ ...event, args: { blocked: "perhaps" } }]],
  ["a P's start that is missing", named("proc start"), () => []],
  ["a P's start that is later", named("proc start"), later],
  ["a P's start of another P", named("proc start"), (event) => [{ ...event, args: { proc: 77 } }]],
  ["an arrow from another row", isCreation("s"), elsewhere],
  ["an arrow from another time", isCreation("s"), later],
  ["an arrow from another stack", isCreation("s"), withoutStack],
  ["an arrow to another row", isCreation("f"), elsewhere],
  ["an arrow to another time", isCreation("f"), later],
];

describe.each(annotations)("the comparison of $name by $view", ({ trace, view, tracks }) => {
  it("notices every kind of change", async () => {
    const theirs = official(trace, view) as JsonTrace;
    const ours = await oursOf(trace, view, { tracks: [tracks] });
    const isNoticed = ([, isOne, change]: (typeof CHANGES)[number]) => {
      const at = ours.traceEvents.findIndex(isOne);
      const changed = change(ours.traceEvents[at] as JsonEvent);
      const traceEvents = ours.traceEvents.toSpliced(at, 1, ...changed);
      return officialDifferences({ ...ours, traceEvents }, theirs, view, !isFormat2(trace.path)).length > 0;
    };
    expect(CHANGES.filter((each) => !isNoticed(each)).map(([what]) => what)).toEqual([]);
  });
});
