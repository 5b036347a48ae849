// @module-tag long

import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { openTraceFile } from "../../src/node.js";
import type { Trace } from "../../src/order/trace.js";
import { splitTrace } from "../../src/select/split-trace.js";
import { WindowedTrace } from "../../src/select/windowed-trace.js";
import { otlp } from "../support/otlp/otlp-command.js";
import { type OtlpSpan, spansOfLines } from "../support/otlp/otlp-spans.js";
import { CLOCKED_OPTIONS, spansOfTrace } from "../support/otlp/sink-spans.js";
import { haveTraceProcessor } from "../support/perfetto-tools.js";
import { type Marked, SetClockTrace } from "../support/set-clock-trace.js";
import { TraceProcessor } from "../support/trace-processor.js";
import { emptyFolder, filesIn, fixture, go2perfetto } from "./command.js";

const MS = 1_000_000;
const HOUR = 3_600_000 * MS;
const ALL = ["--states", "all", "--min-block", "0", "--max-spans-per-trace", "0"];
const haveEngine = await haveTraceProcessor("logs of a program whose clock is set, by SQL");

interface Case {
  readonly name: string;
  /** What the trace's readings are ahead by, and what must count, by generation. */
  readonly offsets: readonly number[];
  readonly counts: readonly number[];
  /** Parts of the warning; none if there is to be no warning. */
  readonly told: readonly string[];
}

const CASES: readonly Case[] = [
  {
    name: "set back by an hour",
    offsets: [0, -HOUR, -HOUR],
    counts: [0, -HOUR, -HOUR],
    told: ["1 jump of the wall clock", "(back by 1h0m0s before generation 2, which begins at 1s)"],
  },
  {
    name: "set forward by two hours",
    offsets: [0, 0, 2 * HOUR],
    counts: [0, 0, 2 * HOUR],
    told: ["(forward by 2h0m0s before generation 3, which begins at 2s)"],
  },
  {
    name: "set forward and back again",
    offsets: [0, 101 * MS, 0, -HOUR],
    counts: [0, 101 * MS, 0, -HOUR],
    told: [
      "3 jumps",
      "(forward by 101ms before generation 2, which begins at 1s; back by 101ms before generation 3, ",
      "; back by 1h0m0s before generation 4, which begins at 3s)",
    ],
  },
  {
    name: "set seven times",
    offsets: [0, 1, 0, 1, 0, 1, 0, 1].map((each) => each * HOUR),
    counts: [0, 1, 0, 1, 0, 1, 0, 1].map((each) => each * HOUR),
    told: ["7 jumps", "before generation 6, which begins at 5s; 2 more)"],
  },
  {
    name: "a little ahead, and a little behind",
    offsets: [0, 60 * MS, -30 * MS, 20 * MS],
    counts: [0, 0, 0, 0],
    told: [],
  },
  {
    name: "drifting, beyond the tolerance in the end",
    offsets: [0, 60 * MS, 120 * MS, 180 * MS],
    counts: [0, 0, 120 * MS, 120 * MS],
    told: [],
  },
];

function written(trace: SetClockTrace): string {
  const path = join(emptyFolder(), "clock.trace");
  writeFileSync(path, trace.bytes());
  return path;
}

/** Spans by way of the library, which takes less time than a process. */
async function spansOfLibrary(trace: Trace): Promise<readonly OtlpSpan[]> {
  const all = { states: "all", minBlock: 0, maxSpansPerTrace: 0 } as const;
  return (await spansOfTrace(trace, all, CLOCKED_OPTIONS)).spans;
}

async function spansOf(path: string, ...args: readonly string[]) {
  const file = join(emptyFolder(), "spans.jsonl");
  const { code, stderr } = await otlp([path, "-o", file, ...ALL, ...args]);
  expect(code).toBe(0);
  return { spans: spansOfLines(readFileSync(file, "utf8")), stderr };
}

function named(spans: readonly OtlpSpan[], name: string): OtlpSpan {
  const found = spans.find((span) => span.name === name);
  if (found === undefined) throw new Error(`no span ${name}`);
  return found;
}

describe.each(CASES)("a wall clock $name", ({ offsets, counts, told }) => {
  const trace = new SetClockTrace(offsets);
  const path = written(trace);
  const wall = (time: number, generation: number) => trace.wallAt(time) + BigInt(counts[generation] ?? 0);

  test("counts for spans and their events from its generation on; durations are exact", async () => {
    const input = await openTraceFile(path);
    const spans = await spansOfLibrary(input);
    const warnings = input.diagnostics.inWords("notice");
    expect(warnings).toHaveLength(told.length > 0 ? 1 : 0);
    for (const words of told) expect(warnings[0]).toContain(words);
    trace.regions.forEach(({ name, start, log, end }, generation) => {
      const span = named(spans, name);
      expect(span).toMatchObject({ start: wall(start, generation), end: wall(end, generation) });
      expect(span.events.map(({ time }) => time)).toEqual([wall(log, generation)]);
    });
    const { start, end } = trace.long;
    expect(named(spans, "long")).toMatchObject({ start: wall(start, 0), end: wall(end, 0) });
  });

  test("counts the same in parts", async () => {
    const whole = await spansOfLibrary(await openTraceFile(path));
    for (const [generation, { name, log }] of trace.regions.entries()) {
      const { start, end, events } = named(whole, name);
      const window = { from: generation * 1e9, to: (generation + 1) * 1e9 };
      const inner = await spansOfLibrary(new WindowedTrace(await openTraceFile(path), window));
      expect(named(inner, name)).toMatchObject({ start, end, events });
      // Cut in the middle: the rest of it has the same clock.
      const behind = { from: log - 1, to: Number.POSITIVE_INFINITY };
      const rest = await spansOfLibrary(new WindowedTrace(await openTraceFile(path), behind));
      expect(named(rest, name)).toMatchObject({ start: wall(log - 1, generation), end, events });
    }
  });

  test("counts by the part of a split", async () => {
    let index = 0;
    for await (const part of splitTrace(await openTraceFile(path), { step: 1e9 })) {
      const { name, start, log, end } = trace.regions[index] as Marked;
      const span = named(await spansOfLibrary(part), name);
      expect(span).toMatchObject({ start: wall(start, index), end: wall(end, index) });
      expect(span.events.map(({ time }) => time)).toEqual([wall(log, index)]);
      index++;
    }
    expect(index).toBe(offsets.length);
  });
});

describe.each(CASES.filter((_, i) => i % 2 === 0))("a wall clock $name", ({ offsets, counts }) => {
  const trace = new SetClockTrace(offsets);
  const path = written(trace);
  const wall = (time: number, generation: number) => trace.wallAt(time) + BigInt(counts[generation] ?? 0);

  test.runIf(haveEngine)(
    "leaves logs at their places in Perfetto; each part has the clock of its beginning",
    async () => {
      const cwd = emptyFolder();
      expect(go2perfetto([path, "-o", "whole.pftrace"], { cwd }).code).toBe(0);
      expect(go2perfetto([path, "-o", "part.pftrace", "--split-time", "1s"], { cwd }).code).toBe(0);
      const rows = async (file: string) => {
        const processor = await TraceProcessor.load(join(cwd, file));
        expect(processor.problems()).toEqual([]);
        const logs = processor.query<{ time: number; wall: bigint }>(
          `select l.ts - s.ts as time, to_realtime(l.ts) as wall from android_logs l
           join slice s on s.name = 'long' order by l.ts`,
        );
        processor.close();
        return logs;
      };
      const whole = await rows("whole.pftrace");
      expect(whole.map(({ time }) => time + trace.long.start)).toEqual(trace.regions.map(({ log }) => log));
      expect(whole.map(({ wall }) => BigInt(wall))).toEqual(trace.regions.map(({ log }) => wall(log, 0)));
      const parts = filesIn(cwd).filter((name) => /^part\.\d+/.test(name));
      expect(parts).toHaveLength(offsets.length);
      for (const [index, part] of parts.entries()) {
        const logs = await rows(part);
        expect(logs.map(({ wall }) => BigInt(wall))).toEqual([wall(trace.regions[index]?.log ?? 0, index)]);
      }
    },
  );
});

describe("a trace whose wall clock is set back by an hour", () => {
  const path = fixture("field/f_wallback.trace");
  const START = 1_700_003_600_000_000_000n - 64n;
  const WARNING =
    "f_wallback.trace: 1 jump of the wall clock during the trace: durations stay exact, spans follow the wall clock, " +
    "the absolute times of other outputs go on from the first (back by 1h0m0s before generation 2, which begins at 1s)\n";

  test.each([["info"], ["dump"], ["stats"], ["pprof", "sched", "-o", "-"]])(
    "is told of by %s",
    (...command) => {
      const { code, stdout, stderr } = go2perfetto([...command, path]);
      expect([code, stderr]).toEqual([0, expect.stringMatching(/^warning: [^\n]*\n$/)]);
      expect(stderr).toContain(WARNING);
      const text = stdout.toString();
      if (command[0] === "info") expect(text).toMatch(/started +2023-11-14T23:13:19\.999999936Z/);
      if (command[0] !== "dump") return;
      const walls = [...text.matchAll(/^(\d+) .*wall=(\d+)$/gm)].map(([, time, wall]) => [time, wall]);
      expect(walls).toEqual([
        ["0", "1700003600000000000"],
        ["1000000000", "1700000001000000000"],
        ["2000000000", "1700000002000000000"],
      ]);
    },
  );

  test("gives spans that last as long as the trace", async () => {
    const { spans, stderr } = await spansOf(path);
    expect(stderr).toContain(WARNING);
    expect(spans.length).toBeGreaterThan(0);
    for (const { start, end } of spans) expect([start, end - start]).toEqual([START, 2_000_003_329n]);
    const later = await spansOf(path, "--from", "1s");
    for (const { start } of later.spans) expect(start).toBe(1_700_000_001_000_000_000n - 64n);
  });

  test("does not count where --start-time says when the trace began", async () => {
    const { spans } = await spansOf(path, "--start-time", "2020-01-01T00:00:00Z", "--from", "1s");
    const start = BigInt(Date.parse("2020-01-01T00:00:01Z")) * BigInt(MS);
    for (const span of spans) expect([span.start, span.end]).toEqual([start, start + 1_000_003_329n]);
  });

  test.runIf(haveEngine)("says so in the file", async () => {
    const cwd = emptyFolder();
    const { code, stderr } = go2perfetto([path, "-o", "out.pftrace"], { cwd });
    expect([code, stderr]).toEqual([0, expect.stringContaining(WARNING)]);
    const processor = await TraceProcessor.load(join(cwd, "out.pftrace"));
    expect(processor.problems()).toEqual([]);
    const [note] = processor.query(
      "select str_value as text from metadata where name glob '*go2perfetto.note'",
    );
    expect(note).toMatchObject({ text: expect.stringContaining("back by 1h0m0s before generation 2") });
    processor.close();
    expect(go2perfetto([path, "-o", "out.json"], { cwd }).code).toBe(0);
    const { otherData } = JSON.parse(readFileSync(join(cwd, "out.json"), "utf8"));
    expect(otherData).toMatchObject({
      start: "2023-11-14T23:13:19.999999936Z",
      notes: [expect.stringContaining("back by 1h0m0s before generation 2")],
    });
  });
});
