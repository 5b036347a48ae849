import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { EVENT_KINDS } from "../../../../src/event/kind.js";
import { GO_KINDS } from "../../go-text.js";
import { goSourceWith, goToolTrace, olderGo, parsedByGo } from "../../go-tool.js";
import { V1_FORMATS } from "../../trace-v1-builder.js";
import { simulatedSeeds } from "../seeds.js";
import type { TrueEvent } from "../truth.js";
import { type SimulatedV1Trace, simulateV1 } from "./simulator.js";

const SEEDS = simulatedSeeds(0, 7);
/** The formats that today's Go reads, and those of the last one that reads all before. */
const TODAYS = V1_FORMATS.filter((minor) => minor >= 11);
const OLDER = V1_FORMATS.filter((minor) => minor < 21);

/** Traces for Go's readers: none of them takes a wakeup in vain between events that are not in vain. */
function traces(minors: readonly number[]): SimulatedV1Trace[] {
  const all = minors.flatMap((minor) => SEEDS.map((seed) => simulateV1(seed, minor)));
  return all.filter(({ minor, hasFutileWakeups }) => minor === 21 || !hasFutileWakeups);
}

function withFile<T>({ bytes }: SimulatedV1Trace, use: (path: string) => T): T {
  const folder = mkdtempSync(join(tmpdir(), "simulated-"));
  try {
    const path = join(folder, "trace");
    writeFileSync(path, bytes);
    return use(path);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/**
 * Go's tools have no word of the first GOMAXPROCS, nor of Ps that threads take from others in system calls, nor of the
 * beginning of mark assists that are older than the trace.
 */
function asGoKnows(events: readonly TrueEvent[]): TrueEvent[] {
  const first = events.find(({ kind }) => kind === "ProcsChange");
  return events.filter((event, i) => {
    const isStolen = event.kind === "ProcSteal" || events[i - 1]?.kind === "ProcSteal";
    return event !== first && !isStolen && event.kind !== "AssistActive";
  });
}

const PARSER = "src/internal/trace/tracev1.go";
const go = goSourceWith(PARSER, "simulated programs of format 1 by Go's own reader");
const GO_NAMES = new Map(EVENT_KINDS.map(({ name, class: of }) => [name, GO_KINDS[of]]));
const PARSED = /^M=(\S+) P=(\S+) G=(\S+) (\w+) Time=(\S+)/;

describe.skipIf(go === undefined)(
  "a simulated program's trace of format 1 is one for Go's own reader",
  () => {
    it.each(traces(TODAYS))("seed $seed in format 1.$minor,", (trace) => {
      const { base, events } = trace.truth;
      const text = withFile(trace, (path) => parsedByGo(path, go?.root ?? ""));
      const given = text.split("\n").flatMap((line) => {
        const [, m, p, g, kind, time] = PARSED.exec(line) ?? [];
        return m === undefined ? [] : [`${Number(time) - base} ${kind} M${m} P${p} G${g}`];
      });
      const known = asGoKnows(events).map(
        ({ time, kind, thread, proc, goroutine }) =>
          `${time} ${GO_NAMES.get(kind)} M${thread} P${proc} G${goroutine}`,
      );
      // Of a P that was taken Go tells the thread that had it before.
      const isUntold = (i: number) => known[i]?.includes(" M-1 ");
      expect(given.map((line, i) => (isUntold(i) ? line.replace(/ M-?\d+ /, " M-1 ") : line))).toEqual(known);
    });
  },
);

const go119 = olderGo("go1.19.13", "simulated programs of formats 1.5 to 1.19 by Go 1.19");
const PRINTED = /^(\d+) (\w+) p=(\S+) g=(\d+)/;
/** Go 1.19 moves some of these to Ps that it makes up, and takes the goroutine from others. */
const MOVED: ReadonlySet<string> = new Set(["GoUnblock", "GoSysExit", "GCStart"]);
const OF_NO_GOROUTINE: ReadonlySet<string> = new Set(["GCStart", "GCDone", "GCSTWStart", "GCSTWDone"]);

function recordLine(time: unknown, name: string, proc: unknown, goroutine: number): string {
  const where = MOVED.has(name) ? "" : ` P${proc}`;
  return `${time} ${name}${where}${OF_NO_GOROUTINE.has(name) ? "" : ` G${Math.max(goroutine, 0)}`}`;
}

describe.skipIf(go119 === undefined)("its records are what Go 1.19 reads", () => {
  const root = go119 ?? "";
  it.each(traces(OLDER))("seed $seed in format 1.$minor,", (trace) => {
    // For traces without symbols it wants a program, and takes any.
    const program = join(root, "bin/go");
    const text = withFile(trace, (path) => goToolTrace(root, "-d", program, path));
    const given = text.split("\n").flatMap((line) => {
      const [, time, name = "", proc, goroutine] = PRINTED.exec(line) ?? [];
      return time === undefined ? [] : [recordLine(time, name, proc, Number(goroutine))];
    });
    const known = trace.records.map(({ time, name, proc, goroutine }) =>
      recordLine(time, name, proc, goroutine),
    );
    expect(given).toEqual(known);
  });
});
