import { describe, expect, test } from "vitest";
import { analyze } from "../../src/analysis/analysis.js";
import type { StatsReport } from "../../src/analysis/stats/stats-report.js";
import { TraceStats } from "../../src/analysis/stats/trace-stats.js";
import { Summary } from "../../src/analysis/summary/summary.js";
import { TraceError } from "../../src/base/errors.js";
import { openTraceFile } from "../../src/node.js";
import type { Trace } from "../../src/order/trace.js";
import { openAsGoTells } from "../support/as-go-tells.js";
import {
  type CorpusTrace,
  exactTraces,
  fixtureTraces,
  fuzzTraces,
  goTests,
  invalidTraces,
  programSpanTraces,
} from "../support/corpus.js";
import { documentedTypes, violations } from "../support/documented-types.js";
import { oracleSummary } from "../support/oracle.js";

async function statsOf({ path }: CorpusTrace, top: number): Promise<{ report: StatsReport; all: Summary }> {
  const stats = new TraceStats({ top });
  const all = new Summary({ rows: true });
  await analyze(await openAsGoTells(path, false), [...stats.analyses, all]);
  return { report: stats.report(), all };
}

/** The greatest first; equal ones in any order. */
const most = (values: readonly number[], top: number) => [...values].sort((a, b) => b - a).slice(0, top);

/** Start functions with the number and total lifetime of their goroutines, from the goroutines' rows. */
function functionsOf(all: Summary): [string, number, number][] {
  const functions = new Map<string, [string, number, number]>();
  for (const { function: name, times } of all.goroutines) {
    const [, count, total] = functions.get(name) ?? [name, 0, 0];
    functions.set(name, [name, count + 1, total + times.total]);
  }
  return [...functions.values()];
}

/** Times by reason, likewise. */
function waitsOf(all: Summary): Map<string, number> {
  const waits = new Map<string, number>();
  for (const { times } of all.goroutines)
    for (const [reason, time] of Object.entries(times.block))
      waits.set(reason, (waits.get(reason) ?? 0) + time);
  return waits;
}

const traces = [...exactTraces(), ...goTests()].filter((trace) => oracleSummary(trace) !== undefined);

describe("the report", () => {
  test.each(traces)("has Go's own sums of $name, and the greatest rows", async (trace) => {
    const official = oracleSummary(trace);
    const { report, all } = await statsOf(trace, 3);
    expect([report.trace.events, report.trace.duration]).toEqual([
      (official?.events ?? 0) - (official?.kinds.Sync ?? 0),
      (official?.lastTime ?? 0) - (official?.firstTime ?? 0),
    ]);
    expect(report.goroutines.count).toBe(all.goroutines.length);
    expect(report.goroutines.top.map(({ times }) => times.exec)).toEqual(
      most(
        all.goroutines.map(({ times }) => times.exec),
        3,
      ),
    );
    const byFunction = report.goroutines.byFunction.map((row) => [row.function, row.count, row.times.total]);
    expect(new Set(byFunction.map(String))).toEqual(new Set(functionsOf(all).map(String)));
    const waits = new Map(report.blocking.map(({ reason, total }) => [reason, total]));
    expect(waits).toEqual(waitsOf(all));
    for (const { total, durations } of report.blocking) expect(durations.total).toBeLessThanOrEqual(total);
    expect(report.regions.count).toBe(all.regions.length);
    expect(report.regions.top.map(({ times }) => times.total)).toEqual(
      most(
        all.regions.map(({ times }) => times.total),
        3,
      ),
    );

    // Tasks without a beginning have no type, and tasks that end twice count as two.
    const known = all.tasks.filter(({ begin, end }) => begin !== undefined || end !== undefined);
    const { duration } = report.trace;
    const lengths = known.map(({ begin, end }) => (begin === undefined ? 0 : (end ?? duration) - begin));
    expect(report.tasks.complete).toBe(
      known.filter(({ begin, end }) => begin !== undefined && end !== undefined).length,
    );
    expect(report.tasks.count).toBeGreaterThanOrEqual(known.length);
    expect(report.tasks.top[0] && taskLength(report.tasks.top[0], duration)).toBe(most(lengths, 1)[0]);
    for (const row of report.tasks.top) {
      const same = all.tasks.find(({ id }) => id === row.id);
      expect({ ...row, goroutines: row.goroutines.length }).toEqual({
        ...same,
        goroutines: same?.goroutines.length,
      });
    }
  });
});

function taskLength(
  { begin, end }: { begin: number | undefined; end: number | undefined },
  duration: number,
): number {
  return begin === undefined ? 0 : (end ?? duration) - begin;
}

test("JSON and docs/stats-schema.md have the same fields", async () => {
  const types = documentedTypes("stats-schema.md");
  const seen = new Set<string>();
  for (const trace of [...fixtureTraces(), ...goTests(), ...programSpanTraces()]) {
    const { report } = await statsOf(trace, 5);
    const json: unknown = JSON.parse(JSON.stringify(report));
    expect(violations(types, "Report", json, trace.name, seen)).toEqual([]);
  }
  const described = [...types].flatMap(([type, fields]) =>
    [...fields.keys()].map((field) => `${type}.${field.replace("?", "")}`),
  );
  expect(described.length).toBeGreaterThan(100);
  expect(described.filter((field) => !seen.has(field))).toEqual([]);
});

describe("damaged traces give a report of the same form", () => {
  test.each([...fuzzTraces(), ...invalidTraces()])("$name", async ({ path }) => {
    const stats = new TraceStats({ top: 2 });
    const trace = await openTraceFile(path).catch((error: unknown) => error);
    if (trace instanceof Error) {
      expect(trace).toBeInstanceOf(TraceError);
      return;
    }
    await analyze(trace as Trace, stats.analyses);
    const report: unknown = JSON.parse(JSON.stringify(stats.report()));
    expect(violations(documentedTypes("stats-schema.md"), "Report", report, "", new Set())).toEqual([]);
  });
});
