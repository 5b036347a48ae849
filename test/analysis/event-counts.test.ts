import { describe, expect, test } from "vitest";
import { analyze } from "../../src/analysis/analysis.js";
import { EventCounts, type SyncRow } from "../../src/analysis/event-counts.js";
import { EVENT_KINDS } from "../../src/event/kind.js";
import { openAsGoTells } from "../support/as-go-tells.js";
import { exactTraces, goTests } from "../support/corpus.js";
import { GO_KINDS } from "../support/go-text.js";
import { FromMention, openRanges } from "../support/official-quirks.js";
import { type OracleSync, oracleSummary } from "../support/oracle.js";

const SCOPES = { none: "None", goroutine: "Goroutine", proc: "Proc" } as const;
const EXPERIMENTS = ["", "AllocFree"];

/** Counts by Go's names of kinds. */
function byGoKind(counts: EventCounts): Record<string, number> {
  const kinds: Record<string, number> = {};
  for (const [name, count] of counts.classes) {
    const kind = GO_KINDS[name];
    kinds[kind] = (kinds[kind] ?? 0) + count;
  }
  return kinds;
}

function transitionsOf(counts: EventCounts): Record<string, number> {
  const rows = counts.transitions.map(({ of, from, to, reason, count }) => {
    const states = `${of === "proc" ? "P" : "G"} ${from}->${to}`;
    return [reason === "" ? states : `${states} (${reason})`, count];
  });
  return Object.fromEntries(rows);
}

/** Goroutines that were created, that ended, and that are older than the trace. */
function lives(counts: EventCounts): number[] {
  const sum = (key: "from" | "to", state: string) =>
    counts.transitions
      .filter((row) => row.of === "goroutine" && row[key] === state)
      .reduce((total, { count }) => total + count, 0);
  return [sum("from", "NotExist"), sum("to", "NotExist"), sum("from", "Undetermined")];
}

function experimentalOf({ kinds }: EventCounts): object {
  const rows = EVENT_KINDS.map((info, kind) => ({ ...info, count: kinds[kind] as number }));
  const found = rows.filter((row) => row.class === "experimental" && row.count > 0);
  return Object.fromEntries(found.map(({ name, count }) => [`${EXPERIMENTS[1]}: ${name}`, count]));
}

function rangesOf(counts: EventCounts, { lost }: FromMention): object {
  const rows = counts.ranges.map(({ name, scope, begun, active, ended, total }) => [
    `${name} | ${SCOPES[scope]}`,
    { Begin: begun, Active: active, End: ended, ClosedNs: total - (lost.get(name) ?? 0), Open: 0 },
  ]);
  return Object.fromEntries(rows);
}

/** Sums of attributes by range and name, of ranges that ended. */
function attributesOf(counts: EventCounts): object {
  const rows = counts.ranges
    .filter(({ ended }) => ended > 0)
    .flatMap(({ name, attributes }) =>
      Object.entries(attributes).map(([label, sum]) => [`${name}: ${label}`, sum]),
    );
  return Object.fromEntries(rows);
}

function metricsOf(counts: EventCounts, base: number): object {
  const rows = counts.metrics.map(({ name, count, min, max, last, firstTime, lastTime }) => [
    name,
    { Count: count, Min: min, Max: max, Last: last, FirstT: base + firstTime, LastT: base + lastTime },
  ]);
  return Object.fromEntries(rows);
}

function syncOf({ number, time, clock, experimental }: SyncRow, base: number): OracleSync {
  const experiments = [...experimental].map(([id, batches]) => [EXPERIMENTS[id], batches]);
  return {
    N: number,
    T: base + time,
    ...(clock && { Trace: clock.trace, Mono: clock.mono, Wall: rfc3339(clock.wall) }),
    ...(experiments.length > 0 && { Experiments: Object.fromEntries(experiments) }),
  };
}

function rfc3339(ns: bigint): string {
  const seconds = new Date(Number(ns / 1_000_000_000n) * 1000).toISOString().slice(0, 19);
  const fraction = String(ns % 1_000_000_000n)
    .padStart(9, "0")
    .replace(/0+$/, "");
  return `${seconds}${fraction === "" ? "" : `.${fraction}`}Z`;
}

const traces = [...exactTraces(), ...goTests()].filter((trace) => oracleSummary(trace) !== undefined);

describe("the counts are Go's own", () => {
  test.each(traces)("$name", async (trace) => {
    const official = oracleSummary(trace);
    const counts = new EventCounts();
    const opened = await openAsGoTells(trace.path);
    const mentioned = new FromMention();
    await analyze(opened, [counts, mentioned]);
    const base = opened.timeBase;
    expect(counts.events).toBe(official?.events);
    expect(byGoKind(counts)).toEqual(official?.kinds);
    expect(transitionsOf(counts)).toEqual(official?.transitions);
    expect(lives(counts)).toEqual([
      official?.goroutinesCreated,
      official?.goroutinesEnded,
      official?.goroutinesPreexisting,
    ]);
    expect(experimentalOf(counts)).toEqual(official?.experimental);
    expect(rangesOf(counts, mentioned)).toEqual(official?.ranges);
    expect(attributesOf(counts)).toEqual(official?.rangeAttributeTotals);
    expect(openRanges(counts.ranges)).toBe(official?.openRangesAtEnd);
    expect(metricsOf(counts, base)).toEqual(official?.metrics);
    expect(Object.fromEntries(counts.labels)).toEqual(official?.labels);
    expect(counts.syncs.map((sync) => syncOf(sync, base))).toEqual(official?.syncs);
  });
});
