// @module-tag long

import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { analyze } from "../../../src/analysis/analysis.js";
import { Profiles } from "../../../src/analysis/profile/profiles.js";
import { openTraceFile } from "../../../src/node.js";
import { SelectedTrace } from "../../../src/select/selected-trace.js";
import { encodeProfile } from "../../../src/sink/pprof/encode.js";
import { fixture } from "../../cli/command.js";
import { type AbsoluteLine, absoluteLines } from "../../support/absolute-lines.js";
import { isFormat1, otherTraces, variedTraces } from "../../support/corpus.js";
import { goSourceWith, goToolTraceBytes, parsedByGo } from "../../support/go-tool.js";
import { OFFICIAL_KINDS } from "../../support/official-profiles.js";
import { readPprof, sumsByStack } from "../../support/pprof-reader.js";
import { trimmed } from "../../support/trimmed.js";

const go = goSourceWith("src/internal/trace/tracev2/events.go", "Go's own reader of the traces that we mend");

/** Bytes: their events are compared as text. */
const LARGEST = 120_000;
/** Formats 1.5 to 1.21, which today's Go reads in part or not at all. */
const OLDER = [...variedTraces(LARGEST), ...otherTraces()]
  .filter(isFormat1)
  // One way in which a program ends is enough.
  .filter(({ name }) => !/^(osexit|panicked)/.test(name));

/** Each contradicts Go's rules in another way. */
const DAMAGED = [
  "damaged/goroutine-status-after-its-end.trace",
  "damaged/thread-in-two-calls.trace",
  "damaged/thread-starts-a-second-proc.trace",
  "damaged/proc-events-without-a-proc.trace",
  "damaged/woken-twice-without-a-run.trace",
  "damaged/goroutine-told-in-the-second-generation.trace",
  "field/a_retake.trace",
  "field/b_crossing.trace",
];

describe.skipIf(go === undefined)("Go's own reader", () => {
  const root = go?.root ?? "";

  test.each(OLDER)("takes a trace from before Go 1.22: $name", async ({ path }) => {
    const out = await trimmed(await openTraceFile(path));
    expect(readFileSync(out.path).subarray(0, 13).toString()).toBe("go 1.23 trace");
    const events = (await absoluteLines(await openTraceFile(path))).length;
    const official = parsedByGo(out.path, root).match(/^M=/gm)?.length ?? 0;
    expect(official).toBeGreaterThanOrEqual(events);
  });

  test.each([
    ["annotations-go1.21.trace", 1e9],
    ["annotations-go1.21.trace", 1e5],
    ["cpusamples-go1.19.trace", 1e6],
  ])(
    "makes our profiles of a trace from before Go 1.22: %s, generations of %d ns",
    async (name, generationLength) => {
      const path = fixture(name);
      const profiles = new Profiles({ kinds: OFFICIAL_KINDS });
      await analyze(await openTraceFile(path), [profiles]);
      const out = await trimmed(await openTraceFile(path), 23, false, generationLength);
      for (const kind of OFFICIAL_KINDS) {
        const official = sumsByStack(readPprof(goToolTraceBytes(root, `-pprof=${kind}`, out.path)));
        const ours = sumsByStack(readPprof(encodeProfile(profiles.profile(kind))));
        expect([kind, official]).toEqual([kind, ours]);
      }
    },
  );

  test.each(OLDER.filter(({ name }) => name.startsWith("syscalls-nocb")))(
    "makes our profile of system calls of a trace from before Go 1.22: $name",
    async ({ path }) => {
      const profiles = new Profiles({ kinds: ["syscall"] });
      await analyze(await openTraceFile(path), [profiles]);
      const out = await trimmed(await openTraceFile(path));
      const official = sumsByStack(readPprof(goToolTraceBytes(root, "-pprof=syscall", out.path)));
      expect(official).toEqual(sumsByStack(readPprof(encodeProfile(profiles.profile("syscall")))));
    },
  );

  test("takes what is left of damaged traces", async () => {
    const refused: string[] = [];
    for (const name of DAMAGED) {
      const out = await trimmed(await openTraceFile(fixture(name)));
      try {
        parsedByGo(out.path, root);
      } catch (error) {
        refused.push(`${name}: ${error}`);
      }
    }
    expect(refused).toEqual([]);
  });

  test.each(["sync-go1.26.trace", "syscalls-go1.22.trace", "cpusamples-go1.19.trace"])(
    "takes the events of some goroutines: %s",
    async (name) => {
      const path = fixture(name);
      const lines = await absoluteLines(await openTraceFile(path));
      const all = lines.flatMap(({ text }) => / Go\w+ goroutine=(\d+) /.exec(text)?.[1] ?? []);
      const goroutines = new Set([...new Set(all)].map(Number).filter((_, i) => i % 3 === 1));
      const selection = { goroutines, tasks: new Set<number>() };
      const selected = async () => new SelectedTrace(await openTraceFile(path), selection);
      const out = await trimmed(await selected());
      expect(() => parsedByGo(out.path, root)).not.toThrow();
      const written = await absoluteLines(await openTraceFile(out.path));
      const shown = transitionsOf(await absoluteLines(await selected()), goroutines);
      expect(shown.length).toBeGreaterThan(20);
      expect(transitionsOf(written, goroutines)).toEqual(shown);
    },
  );
});

/** Transitions of goroutines, without who was at work where they happened: others are left out. */
function transitionsOf(lines: readonly AbsoluteLine[], goroutines: ReadonlySet<number>): string[] {
  return lines.flatMap(({ time, text }) => {
    const [, event, goroutine] = / (Go\w+ goroutine=(\d+) .*)$/.exec(text) ?? [];
    return event !== undefined && goroutines.has(Number(goroutine)) ? [`${time} ${event}`] : [];
  });
}
