import { escapeText } from "../../../base/escape.js";
import { counted, grouped } from "../../../base/grouped.js";
import type { Generation } from "../../../event/generation.js";
import { EventKind } from "../../../event/kind.js";
import { wallClockAt } from "../../../event/wall-clock.js";
import type { Trace } from "../../../order/trace.js";
import { formatName } from "../../../sink/metadata.js";
import { type WireCount, WireStats } from "../../../wire/wire-stats.js";
import { openInput } from "../../input/input.js";
import { Progress } from "../../input/progress.js";
import { concludeReading, readAll, readingOptions } from "../../input/reading.js";
import type { CommonOptions } from "../../options/common.js";
import { writeText } from "../../output/open-output.js";
import type { ExitCode } from "../../process/exit-codes.js";
import { Messages } from "../../process/messages.js";
import { STDIO } from "../../process/stdio.js";

/** `go2perfetto info IN` */
export async function infoCommand(path: string, options: CommonOptions): Promise<ExitCode> {
  const messages = new Messages(options);
  const stats = new WireStats();
  const input = await openInput(path, options, { ...(await readingOptions(options)), observe: stats.part });
  const { name, trace } = input;
  const progress = new Progress(input, options);
  let events = 0;
  let syncs = 0;
  let duration = 0;
  let first: Generation | undefined;
  const procs = new Set<number>();
  const error = await readAll(trace, (block) => {
    first ??= block.generation;
    const sync = block.kind[0] === EventKind.Sync ? 1 : 0;
    syncs += sync;
    events += block.length - sync;
    duration = block.time[block.length - 1] as number;
    for (let i = 0; i < block.length; i++)
      if (block.kind[i] === EventKind.ProcStatus) procs.add(block.subject[i] as number);
    progress.update(events);
  }).finally(() => progress.stop());
  const code = concludeReading(name, trace, error, events > 0, options, messages);
  const { format } = trace;
  const facts: [string, string][] = [
    ["file", escapeText(name)],
    ["format", `${formatName(trace)} (written by ${format.writtenBy})`],
    ["duration", `${formatDuration(duration)}${estimated(trace)}`],
    ["started", wallClock(first, trace.timeBase)],
    ["size", counted(trace.bytesRead, "byte")],
    ["generations", String(trace.generations)],
    ["events", `${grouped(events)} in order (dump also prints ${counted(syncs, "Sync line")})`],
    ["threads", String(stats.threads)],
    ["Ps", String(procs.size)],
    ["lost", error === undefined ? "nothing" : error.message],
  ];
  const width = Math.max(...facts.map(([label]) => label.length));
  const lines = facts.map(([label, value]) => `${label.padEnd(width)}  ${value}`);
  await writeText(STDIO, `${[...lines, "", ...table(stats.entries())].join("\n")}\n`);
  return code;
}

/** Raw events by kind, as aligned columns. */
function table(entries: readonly WireCount[]): string[] {
  const total = entries.reduce((sum, { bytes }) => sum + bytes, 0);
  const rows = entries.map(({ name, count, bytes }) => [
    name,
    grouped(count),
    grouped(bytes),
    `${((100 * bytes) / total).toFixed(1)} %`,
  ]);
  const all = [["event as stored", "count", "bytes", "share"], ...rows];
  const widths = [0, 1, 2, 3].map((column) => Math.max(...all.map((row) => (row[column] as string).length)));
  return all.map((row) =>
    row
      .map((cell, i) => (i === 0 ? cell.padEnd(widths[i] as number) : cell.padStart(widths[i] as number)))
      .join("  "),
  );
}

function formatDuration(ns: number): string {
  if (ns < 1e3) return `${ns} ns`;
  if (ns < 1e6) return `${ns / 1e3} µs`;
  if (ns < 1e9) return `${ns / 1e6} ms`;
  return `${ns / 1e9} s`;
}

/** A note if times are estimates. */
function estimated({ diagnostics }: Trace): string {
  return diagnostics.hasEstimatedTimes ? " (estimated: the clock's frequency is missing)" : "";
}

/** The wall clock time at which the trace began, if recorded. */
function wallClock(generation: Generation | undefined, timeBase: number): string {
  const clock = generation?.wallClock;
  if (clock === undefined) return "unknown (recorded since Go 1.25)";
  const wall = wallClockAt(clock, timeBase);
  const seconds = new Date(Number(wall / 1_000_000_000n) * 1000).toISOString().slice(0, 19);
  return `${seconds}.${String(wall % 1_000_000_000n).padStart(9, "0")}Z`;
}
