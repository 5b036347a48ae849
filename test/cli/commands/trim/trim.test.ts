// @module-tag long

import { readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { analyze } from "../../../../src/analysis/analysis.js";
import type { ProfileKind } from "../../../../src/analysis/profile/kinds.js";
import { Profiles } from "../../../../src/analysis/profile/profiles.js";
import { openTraceFile } from "../../../../src/node.js";
import type { Trace } from "../../../../src/order/trace.js";
import { partOf } from "../../../../src/select/find-selection.js";
import { encodeProfile } from "../../../../src/sink/pprof/encode.js";
import { goSourceWith, goToolTraceBytes, parsedByGo } from "../../../support/go-tool.js";
import { OFFICIAL_KINDS } from "../../../support/official-profiles.js";
import { readPprof, sumsByStack } from "../../../support/pprof-reader.js";
import fc from "../../../support/properties.js";
import { readBlocks } from "../../../support/reading.js";
import { emptyFolder, fixture, go2perfetto } from "../../command.js";

const go = goSourceWith("src/internal/trace/tracev2/events.go", "Go's own reader of what trim writes");
const root = go?.root ?? "";

interface Line {
  /** Nanoseconds on the trace clock. */
  readonly time: number;
  readonly text: string;
}

function linesOf(path: string): Line[] {
  const lines = parsedByGo(path, root).split("\n");
  return lines.flatMap((text) => {
    const time = /^M=.* Time=(\d+) /.exec(text)?.[1];
    return time === undefined ? [] : [{ time: Number(time), text }];
  });
}

/**
 * What happened in the program, not what a trace or a part of it says of its beginning. A P that is taken from a system call
 * stays idle: a part need not know that it was in one.
 */
const happened = ({ text }: Line) => !/Undetermined->|Idle->Idle| Sync /.test(text);

function trim(...args: string[]): { readonly code: number | null; readonly out: string } {
  const out = join(emptyFolder(), "out.trace");
  return { code: go2perfetto(["trim", ...args, "-o", out]).code, out };
}

describe.skipIf(go === undefined)("trim", () => {
  test("keeps timestamps in a newer format, so a trace becomes no larger", () => {
    const path = fixture("syscalls-go1.22.trace");
    const { code, out } = trim(path, "--go-version", "1.23");
    expect(code).toBe(0);
    expect(statSync(out).size).toBeLessThanOrEqual(statSync(path).size);
    expect(linesOf(out)).toEqual(linesOf(path));
  });

  test.each([
    ["1.24", "go 1.23 trace"],
    ["1.27", "go 1.26 trace"],
    ["go1.26.3", "go 1.26 trace"],
  ])("writes what Go %s reads", (release, header) => {
    const { out } = trim(fixture("hello-go1.9.trace"), "--go-version", release);
    expect(readFileSync(out).subarray(0, header.length).toString()).toBe(header);
    expect(() => parsedByGo(out, root)).not.toThrow();
  });

  test.each(["1.21", "2.0", "newest"])("knows no format that Go %s reads", (release) => {
    const { code, stderr } = go2perfetto(["trim", fixture("hello-go1.9.trace"), "--go-version", release]);
    expect([code, stderr]).toEqual([2, expect.stringContaining("a release from 1.22 on")]);
  });

  test.each([
    "damaged/goroutine-status-after-its-end.trace",
    "damaged/goroutine-told-in-the-second-generation.trace",
    "damaged/stop-begins-within-a-call.trace",
  ])("mends a trace, whose timestamps cannot stay: %s", (name) => {
    const { code, out } = trim(fixture(name));
    expect(code).toBe(3);
    expect(() => parsedByGo(out, root)).not.toThrow();
  });

  test("writes the same to standard output, with nanoseconds where nothing can be taken back", () => {
    const args = ["trim", fixture("syscalls-go1.22.trace"), "--slim"];
    const { code, stdout } = go2perfetto([...args, "-o", "-"]);
    expect(code).toBe(0);
    expect(stdout.length).toBeGreaterThan(readFileSync(trim(...args.slice(1)).out).length);
  });

  test("splits into parts that add up", () => {
    const path = fixture("syscalls-go1.22.trace");
    const folder = emptyFolder();
    const args = ["trim", path, "--split-time", "20ms", "-o", join(folder, "part.trace")];
    expect(go2perfetto(args).code).toBe(0);
    const whole = linesOf(path);
    const start = whole[0]?.time ?? 0;
    const parts = readdirSync(folder).sort();
    expect(parts.length).toBeGreaterThan(2);
    const together = parts.flatMap((part, i) =>
      linesOf(join(folder, part)).filter((line) => line.time >= start + i * 20e6 && happened(line)),
    );
    expect(together).toEqual(whole.filter(happened));
  });

  test.each(["syscalls-go1.22", "manygens-sync-go1.26", "annotations-go1.21"])(
    "makes windows whose profiles by Go are ours: %s",
    async (name) => {
      const path = fixture(`${name}.trace`);
      const window = await someWindow(path);
      const { out } = trim(path, "--from", `${window.from}ns`, "--to", `${window.to}ns`);
      const part = await profilesOf(partOf(await openTraceFile(path), { window }));
      const written = await profilesOf(await openTraceFile(out));
      let stacks = 0;
      for (const kind of OFFICIAL_KINDS) {
        const official = sumsByStack(readPprof(goToolTraceBytes(root, `-pprof=${kind}`, out)));
        stacks += Object.keys(stacked(official)).length;
        expect([kind, official]).toEqual([kind, sumsOf(written, kind)]);
        if (kind !== "sched") expect([kind, stacked(official)]).toEqual([kind, stacked(sumsOf(part, kind))]);
      }
      expect(stacks).toBeGreaterThan(0);
    },
  );
});

/** What has a stack: Go's tools also count what was under way where a part begins, which has none. */
const stacked = ({ "": _none, ...sums }: Record<string, string>) => sums;

/** A window anywhere in a trace, by the seed of the properties. */
async function someWindow(path: string): Promise<{ readonly from: number; readonly to: number }> {
  let length = 0;
  const error = await readBlocks(await openTraceFile(path), ({ time, length: events }) => {
    length = time[events - 1] as number;
  });
  expect(error).toBeUndefined();
  const [[from, share]] = fc.sample(
    fc.tuple(fc.double({ min: 0, max: 0.7, noNaN: true }), fc.double({ min: 0.1, max: 0.3, noNaN: true })),
    1,
  ) as [[number, number]];
  return { from: Math.floor(length * from), to: Math.ceil(length * (from + share)) };
}

async function profilesOf(trace: Trace): Promise<Profiles> {
  const profiles = new Profiles({ kinds: OFFICIAL_KINDS });
  await analyze(trace, [profiles]);
  return profiles;
}

const sumsOf = (profiles: Profiles, kind: ProfileKind) =>
  sumsByStack(readPprof(encodeProfile(profiles.profile(kind))));
