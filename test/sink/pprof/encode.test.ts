import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { analyze } from "../../../src/analysis/analysis.js";
import { KIND_NAMES } from "../../../src/analysis/profile/kinds.js";
import { difference, type Profile } from "../../../src/analysis/profile/profile.js";
import { Profiles } from "../../../src/analysis/profile/profiles.js";
import { openTraceFile } from "../../../src/node.js";
import { encodeProfile } from "../../../src/sink/pprof/encode.js";
import { emptyFolder } from "../../cli/command.js";
import { validTrace } from "../../support/corpus.js";
import { goPprof, hasGoPprof } from "../../support/go-pprof.js";
import { pprofProblems } from "../../support/integrity-pprof.js";
import { officialFile } from "../../support/official-profiles.js";
import { readPprof } from "../../support/pprof-reader.js";

async function profilesOf(name: string): Promise<Profiles> {
  const profiles = new Profiles({ kinds: KIND_NAMES });
  await analyze(await openTraceFile(validTrace(name).path), [profiles]);
  return profiles;
}

const sync = await profilesOf("sync-go1.26");
const annotations = await profilesOf("annotations-go1.26");
const samples = await profilesOf("cpusamples-go1.26");

/** A profile of one sample. */
function single(sample: Partial<Profile["samples"][number]>): Profile {
  const labels = { goroutine: "", reason: "", region: "", task: "" };
  return { ...sync.profile("sync"), samples: [{ stack: [], values: [1, 2], labels, ...sample }] };
}

describe("a profile", () => {
  test.each(KIND_NAMES)("of kind %s is valid", (kind) => {
    for (const profiles of [sync, annotations, samples])
      expect(pprofProblems(readPprof(encodeProfile(profiles.profile(kind))))).toEqual([]);
  });

  test("has its start, duration and comments", () => {
    const start = 1_700_000_000_123_456_789n;
    const message = readPprof(encodeProfile(sync.profile("net"), { start, comments: ["one", "two"] }));
    expect(message.time_nanos).toBe(String(start));
    expect(message.duration_nanos).toBe(String(sync.profile("net").duration));
    expect(message.comment.map((index) => message.string_table[Number(index)])).toEqual(["one", "two"]);
    expect(readPprof(encodeProfile(sync.profile("net"))).time_nanos).toBe("0");
  });

  test("gives the same bytes every time", () => {
    expect(encodeProfile(sync.profile("wait"))).toEqual(encodeProfile(sync.profile("wait")));
  });

  test("holds differences, which may be negative", () => {
    const less = difference(single({ values: [1, 2 ** 40] }), single({ values: [3, 2 ** 52] }));
    expect(readPprof(encodeProfile(less)).sample[0]?.value).toEqual(["-2", String(2 ** 40 - 2 ** 52)]);
  });

  test("holds any address and any text", () => {
    const frame = { pc: 2n ** 64n - 1n, func: 'a"\n\u{1f600}', file: "", line: 0 };
    const bare = { pc: 0x1234n, func: "", file: "", line: 0 };
    const message = readPprof(encodeProfile(single({ stack: [frame, bare] })));
    expect(pprofProblems(message)).toEqual([]);
    expect(message.location.map(({ address }) => address)).toEqual([String(2n ** 64n - 1n), "4660"]);
    expect(message.string_table).toContain(frame.func);
  });
});

describe.runIf(hasGoPprof("profiles read by go tool pprof"))("go tool pprof", () => {
  const folder = emptyFolder();
  const fileOf = (name: string, profile: Profile) => {
    const path = join(folder, `${name}.pb`);
    writeFileSync(path, encodeProfile(profile));
    return path;
  };
  const syncFile = fileOf("sync", sync.profile("sync"));

  test.each([["-top"], ["-peek=."], ["-tree"]])(
    "%s prints what it prints of the official profile",
    (report) => {
      const official = officialFile(validTrace("sync-go1.26"), "sync");
      const body = (file: string) =>
        goPprof(report, "-unit=ns", file).replace(/^[\s\S]*?(?=Showing nodes)/, "");
      expect(body(syncFile)).toContain("main.mutexWorker");
      expect(body(syncFile)).toBe(body(official));
    },
  );

  test("-list has lines of source", () => {
    const source = join(folder, "worker.go");
    writeFileSync(source, "package main\n\nfunc worker() {\n\tmu.Lock()\n}\n");
    const stack = [{ pc: 0x401000n, func: "main.worker", file: source, line: 4 }];
    const path = fileOf("list", single({ stack, values: [3, 12_000_000] }));
    expect(goPprof("-list=main.worker", path)).toMatch(/12ms +12ms[^\n]*4:\s+mu\.Lock\(\)/);
  });

  test.each([
    ["goroutine=main.mutexWorker", "main.mutexWorker", "main.consumer"],
    ["reason=chan receive", "main.consumer", "main.mutexWorker"],
  ])("-tagfocus=%s keeps samples with that label", (focus, has, lacks) => {
    const text = goPprof("-top", "-cum", `-tagfocus=${focus}`, syncFile);
    expect(text).toContain(has);
    expect(text).not.toContain(lacks);
  });

  test("-tagfocus keeps samples in a region and a task", () => {
    const path = fileOf("annotations", annotations.profile("wait"));
    const tags = goPprof("-tags", path);
    expect(tags).toMatch(/region: Total[\s\S]*extractCoffee/);
    expect(tags).toMatch(/task: Total[\s\S]*makeCappuccino/);
    expect(goPprof("-top", "-tagfocus=region=extractCoffee", path)).toMatch(
      /Showing nodes accounting for [1-9]/,
    );
  });

  test("-sample_index has both values, and CPU samples their time", () => {
    expect(goPprof("-top", "-sample_index=contentions", syncFile)).toMatch(/^Type: contentions$/m);
    const cpu = goPprof("-top", fileOf("cpu", samples.profile("cpu")));
    expect(cpu).toMatch(/^Type: cpu$/m);
    const count = samples.profile("cpu").samples.reduce((sum, { values }) => sum + (values[0] ?? 0), 0);
    expect(count).toBeGreaterThan(10);
    expect(cpu).toContain(`of ${count * 10}ms total`);
  });

  test("reads every kind without a message", () => {
    for (const kind of KIND_NAMES)
      expect(goPprof("-raw", fileOf(kind, sync.profile(kind)))).toContain("Samples:");
  });
});
