import { byteSize, counted, grouped } from "../../../base/grouped.js";
import { durationText, shareText } from "../../../base/rounded.js";
import { type Cell, list, name, optional, prose, right, type Table, table } from "../../../report/table.js";
import { type ExitCode, gravest } from "../../process/exit-codes.js";
import { VERSION } from "../../process/version.js";
import type { Shard } from "./plan.js";
import type { BatchRow, LimitRow } from "./row.js";

/** The version of {@link BatchReport}. It changes when a field is removed or changes its meaning. */
const REPORT_VERSION = 1;

/** The report of a batch, described in docs/batch-report.md. */
export interface BatchReport {
  readonly version: typeof REPORT_VERSION;
  readonly go2perfetto: string;
  readonly shard?: Shard;
  readonly exitCode: ExitCode;
  readonly counts: BatchCounts;
  readonly files: readonly BatchRow[];
}

/** Numbers of traces. A trace can both be incomplete and exceed a limit. */
export interface BatchCounts {
  readonly files: number;
  readonly failed: number;
  readonly incomplete: number;
  readonly exceeded: number;
  readonly skipped: number;
}

export function batchReport(files: readonly BatchRow[], shard: Shard | undefined): BatchReport {
  const count = (of: (row: BatchRow) => boolean) => files.filter(of).length;
  return {
    version: REPORT_VERSION,
    go2perfetto: VERSION,
    ...(shard && { shard }),
    exitCode: gravest(files.map(({ exitCode }) => exitCode)),
    counts: {
      files: files.length,
      failed: count(({ error, limits }) => error !== undefined || limits?.some(isMissing) === true),
      incomplete: count(({ lost }) => lost !== undefined && lost.length > 0),
      exceeded: count(({ limits }) => limits?.some((row) => !row.holds && !isMissing(row)) === true),
      skipped: count(({ skipped }) => skipped === true),
    },
    files,
  };
}

function isMissing({ missing }: LimitRow): boolean {
  return missing !== undefined;
}

/** The counts as text. */
export function countsText({ files, failed, incomplete, exceeded, skipped }: BatchCounts): string {
  const parts = [
    [failed, "failed"],
    [incomplete, "incomplete"],
    [exceeded, "beyond a limit"],
    [skipped, "done before"],
  ] as const;
  const told = parts.filter(([count]) => count > 0).map(([count, what]) => `${grouped(count)} ${what}`);
  return [counted(files, "trace"), ...told].join(", ");
}

/** A row for each trace. */
export function batchTable({ files }: BatchReport): Table {
  const known = <T>(value: T | undefined, text: (value: T) => string) =>
    value === undefined ? "-" : text(value);
  const cells: Cell<BatchRow>[] = [
    name("input", ({ input }) => input),
    optional(right("format", ({ format }) => known(format, (text) => text))),
    right("duration", ({ duration }) => known(duration, durationText)),
    right("events", ({ events }) => known(events, grouped)),
    list("lost", ({ lost }) => known(lost, lossText)),
    name("output", ({ output }) => output ?? "-"),
    right("size", ({ size }) => known(size, byteSize)),
    optional(
      right("seconds", ({ seconds, skipped }) =>
        skipped ? "before" : known(seconds, (value) => value.toFixed(1)),
      ),
    ),
    list("error", errorText),
  ];
  return table("Traces", files, files.length, cells);
}

/** The traces with findings, the weightiest first. */
export function findingTable({ files }: BatchReport): Table {
  const found = files.flatMap(({ finding, input }) => (finding === undefined ? [] : [{ input, ...finding }]));
  found.sort((a, b) => b.weight - a.weight);
  return table("Weightiest finding of each trace", found, found.length, [
    name("input", ({ input }) => input),
    right("weight", ({ weight }) => shareText(weight)),
    list("kind", ({ kind }) => kind),
    prose("finding", ({ sentence }) => sentence),
  ]);
}

/** What was lost, in a few words. */
export function lossText([first = "nothing", ...more]: readonly string[]): string {
  return more.length === 0 ? first : `${first} (and ${more.length} more)`;
}

/** What is wrong with a trace; "-" if nothing is. */
export function errorText({ error, limits = [] }: BatchRow): string {
  const exceeded = limits
    .filter(({ holds }) => !holds)
    .map((row) => `${isMissing(row) ? "missing" : "exceeded"}: ${row.limit}`);
  return error ?? (exceeded.join("; ") || "-");
}
