import type { ExplainReport, Finding } from "../analysis/explain/finding.js";
import type { StatsReport } from "../analysis/stats/stats-report.js";
import { grouped } from "../base/grouped.js";
import { durationText, shareText } from "../base/rounded.js";
import { NOTHING_FOUND } from "./finding-text.js";
import { left, optional, prose, right, type Table, table } from "./table.js";

/** Findings in a summary. */
export const SUMMARY_FINDINGS = 3;

/** A trace at a glance: its size, what its Ps did, and the weightiest findings. */
export function summaryTables(report: StatsReport, { findings, more }: ExplainReport): Table[] {
  const { goroutines, procs, scope, trace } = report;
  const sum = (key: "busy" | "gc" | "total") => procs.reduce((all, row) => all + row[key], 0);
  const total = sum("total");
  const suffix = scope === "program" ? "" : ", Ps and GC of the whole program";
  const summary = table(`Summary${suffix}`, [trace], 1, [
    right("duration", ({ duration }) => durationText(duration)),
    right("goroutines", () => grouped(goroutines.count)),
    right("Ps", () => grouped(procs.length)),
    right("busy", () => shareText(sum("busy"), total)),
    right("for the GC", () => shareText(sum("gc"), total)),
    optional(right("events", ({ events }) => grouped(events))),
    left("complete", ({ incomplete }) => (incomplete ? "no" : "yes")),
  ]);
  return [summary, findingTable(findings, more)];
}

function findingTable(findings: readonly Finding[], more: number): Table {
  const rows = findings.slice(0, SUMMARY_FINDINGS).map(({ kind, sentence, weight }) => {
    return { kind, sentence, weight: shareText(weight) };
  });
  const found = rows.length > 0 ? rows : [{ kind: "-", sentence: NOTHING_FOUND, weight: "-" }];
  const all = table("What held the program back", found, SUMMARY_FINDINGS, [
    right("weight", ({ weight }) => weight),
    left("kind", ({ kind }) => kind),
    prose("finding", ({ sentence }) => sentence),
  ]);
  return { ...all, more: more + findings.length - rows.length };
}
