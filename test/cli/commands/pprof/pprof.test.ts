import { copyFileSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { describe, expect, test } from "vitest";
import { KIND_NAMES } from "../../../../src/analysis/profile/kinds.js";
import { validTrace } from "../../../support/corpus.js";
import { pprofProblems } from "../../../support/integrity-pprof.js";
import { OFFICIAL_KINDS, officialProfile, webProfiles } from "../../../support/official-profiles.js";
import { type PprofMessage, readPprof, sumsByStack } from "../../../support/pprof-reader.js";
import { emptyFolder, filesIn, fixture, go2perfetto } from "../../command.js";

const SYNC = fixture("sync-go1.26.trace");
const ANNOTATIONS = fixture("annotations-go1.26.trace");
const official = validTrace("sync-go1.26");

/** What a command writes to standard output. */
function profileBy(...args: readonly string[]): PprofMessage {
  const { code, stderr, stdout } = go2perfetto(["pprof", ...args, "-o", "-"]);
  expect([code, stderr]).toEqual([0, ""]);
  const message = readPprof(stdout);
  expect(pprofProblems(message)).toEqual([]);
  return message;
}

function total({ sample }: PprofMessage, index: number): number {
  return sample.reduce((sum, { value }) => sum + Number(value[index]), 0);
}

describe("go2perfetto pprof", () => {
  test("writes the official profile beside the trace", () => {
    const folder = emptyFolder();
    copyFileSync(SYNC, join(folder, "trace.out"));
    const { code, stderr } = go2perfetto(["pprof", "sync", "trace.out"], { cwd: folder });
    expect([code, stderr]).toEqual([0, "trace.sync.pb.gz: 2,361 intervals, 606.537 ms\n"]);
    expect(filesIn(folder)).toEqual(["trace.out", "trace.sync.pb.gz"]);
    const bytes = readFileSync(join(folder, "trace.sync.pb.gz"));
    expect([...bytes.subarray(0, 2)]).toEqual([0x1f, 0x8b]);
    expect(sumsByStack(readPprof(bytes))).toEqual(officialProfile(official, "sync"));
  });

  test("--all writes every kind into a folder, which it makes", () => {
    const folder = join(emptyFolder(), "a", "b");
    const { code, stderr } = go2perfetto(["pprof", "--all", SYNC, "-o", folder]);
    expect(code).toBe(0);
    const lines = stderr.trimEnd().split("\n");
    expect(lines.slice(0, -1).map((line) => /\/(\w+)\.pb\.gz: /.exec(line)?.[1])).toEqual([...KIND_NAMES]);
    expect(lines.at(-1)).toMatch(/^The trace has no CPU samples/);
    expect(filesIn(folder)).toEqual(KIND_NAMES.map((kind) => `${kind}.pb.gz`).sort());
    for (const kind of OFFICIAL_KINDS) {
      const message = readPprof(readFileSync(join(folder, `${kind}.pb.gz`)));
      expect(sumsByStack(message), kind).toEqual(officialProfile(official, kind));
    }
  });

  test("writes the same bytes for the same input, from a file or not", { tags: ["long"] }, () => {
    const [once, again] = [1, 2].map(() => go2perfetto(["pprof", "wait", SYNC, "-o", "-"]).stdout);
    const piped = go2perfetto(["pprof", "wait", "-", "-o", "-"], {
      input: gzipSync(readFileSync(SYNC)),
    }).stdout;
    expect(again).toEqual(once);
    expect(piped).toEqual(once);
  });

  test("says when the trace began by its own clock, and the window within it", { tags: ["long"] }, () => {
    const whole = profileBy("sync", SYNC);
    const part = profileBy("sync", SYNC, "--from", "10ms", "--to", "30ms");
    const info = go2perfetto(["info", SYNC]).stdout.toString();
    const [, started = ""] = /started +(\S+)/.exec(info) ?? [];
    const seconds = BigInt(Date.parse(`${started.slice(0, 19)}Z`) / 1000);
    expect(BigInt(whole.time_nanos)).toBe(seconds * 1_000_000_000n + BigInt(started.slice(20, 29)));
    expect(BigInt(part.time_nanos) - BigInt(whole.time_nanos)).toBe(10_000_000n);
    expect(part.duration_nanos).toBe("20000000");
  });
});

describe("what is asked for", () => {
  test("--goroutine and --region give what the official web pages give", () => {
    const web = [official, validTrace("annotations-go1.26")].flatMap((trace) =>
      webProfiles(trace).map((each) => ({ ...each, path: trace.path })),
    );
    const chosen = [
      web.find((each) => each.function === "main.mutexWorker"),
      web.find((each) => each.region),
    ];
    for (const each of chosen) {
      if (each === undefined) throw new Error("no such profile");
      const option =
        each.region === undefined ? ["--goroutine", each.function ?? ""] : ["--region", each.region];
      const sums = sumsByStack(profileBy(each.kind, each.path, ...option));
      expect(Object.keys(sums).length).toBeGreaterThan(0);
      expect(sums).toEqual(each.sums);
    }
  });

  test("windows add up to the whole", { tags: ["long"] }, () => {
    const parts = [
      ["--to", "20ms"],
      ["--from", "20ms", "--to", "30ms"],
      ["--from", "30ms"],
    ];
    const sum = parts.reduce((all, window) => all + total(profileBy("sync", SYNC, ...window), 1), 0);
    expect(sum).toBe(total(profileBy("sync", SYNC), 1));
  });

  test("--task keeps its goroutines, while it is under way", { tags: ["long"] }, () => {
    const whole = total(profileBy("wait", ANNOTATIONS), 1);
    const task = profileBy("wait", ANNOTATIONS, "--task", "makeCappuccino");
    expect(total(task, 1)).toBeGreaterThan(0);
    expect(total(task, 1)).toBeLessThan(whole);
  });

  test("--base of a part leaves the rest, and of the whole nothing", { tags: ["long"] }, () => {
    expect(profileBy("wait", SYNC, "--base", SYNC).sample).toEqual([]);
    const less = profileBy("wait", ANNOTATIONS, "--base", SYNC);
    const expected = total(profileBy("wait", ANNOTATIONS), 1) - total(profileBy("wait", SYNC), 1);
    expect(total(less, 1)).toBe(expected);
    expect(expected).toBeLessThan(0);
  });

  test("--from-creation also has what came before the first run", { tags: ["long"] }, () => {
    expect(total(profileBy("sched", SYNC), 0)).toBe(3264);
    expect(total(profileBy("sched", SYNC, "--from-creation"), 0)).toBe(3344);
  });

  test("--reason keeps reasons that match", () => {
    const message = profileBy("wait", SYNC, "--reason", "/^sleep$/");
    const texts = message.sample.flatMap(({ label }) =>
      label.map(({ key, str }) => [message.string_table[Number(key)], message.string_table[Number(str)]]),
    );
    expect(new Set(texts.filter(([key]) => key === "reason").map(([, text]) => text))).toEqual(
      new Set(["sleep"]),
    );
  });
});

describe("a trace that is cut", () => {
  const cut = readFileSync(SYNC).subarray(0, -1000);

  test("gives what stands before that, and exit code 3", { tags: ["long"] }, () => {
    const { code, stderr, stdout } = go2perfetto(["pprof", "sync", "-", "-o", "-"], { input: cut });
    expect([code, stderr]).toEqual([3, expect.stringContaining("is incomplete")]);
    expect(total(readPprof(stdout), 0)).toBeGreaterThan(0);
  });

  test("is an error with --strict, and nothing is written", { tags: ["long"] }, () => {
    const folder = emptyFolder();
    writeFileSync(join(folder, "cut.trace"), cut);
    const { code } = go2perfetto(["pprof", "--all", "cut.trace", "-o", "out", "--strict"], { cwd: folder });
    expect(code).toBe(1);
    expect(filesIn(folder)).toEqual(["cut.trace"]);
  });

  test("as the base it counts too", { tags: ["long"] }, () => {
    const folder = emptyFolder();
    writeFileSync(join(folder, "cut.trace"), cut);
    const args = ["pprof", "sync", SYNC, "--base", join(folder, "cut.trace"), "-o", "-"];
    expect(go2perfetto(args).code).toBe(3);
  });
});

describe("wrong usage is named, with exit code 2", () => {
  test.each([
    [["blocking", SYNC], 'there is no profile "blocking"'],
    [[SYNC], "there is no profile"],
    [["sync"], "IN is missing"],
    [["--all", SYNC], "--all writes several files"],
    [["--all", SYNC, "-o", "-"], "--all writes several files"],
    [["--all", "sync", SYNC, "-o", "out"], "--all takes IN only"],
    [["--all", SYNC, "-o", "out", "--reason", "/a/"], "--reason selects waits"],
    [["sched", SYNC, "--reason", "/a/"], "--reason selects waits"],
    [["wait", SYNC, "--reason", "sleep"], "between slashes"],
    [["wait", SYNC, "--reason", "/(/"], "is invalid"],
    [["sync", SYNC, "--region-latency", "1ms.."], "--region-latency needs --region"],
    [["sync", SYNC, "--region", "a", "--region-latency", "2ms..1ms"], "MIN is more than MAX"],
    [["sync", SYNC, "--region", "a", "--region-latency", "2ms"], "A range is MIN..MAX"],
    [["sync", SYNC, "--region", "a", "--region-latency", ".."], "A range is MIN..MAX"],
    [["sync", SYNC, "--region", "a", "--region-latency", "x.."], "is invalid"],
    [["sync", SYNC, "--region", ""], "It is empty"],
    [["sync", SYNC, "--region", "a", "--region", "b"], "It is given twice"],
    [["sync", SYNC, "--from", "2s", "--to", "1s"], "--from is not before --to"],
    [["sync", "-"], "standard input has no name"],
    [["sync", SYNC, "-o", SYNC], "IN and OUT are the same file"],
    [["sync", SYNC, SYNC], "too many arguments"],
    [["sync", SYNC, "--kind"], "unknown option"],
  ])("%j", { tags: ["long"] }, (args, message) => {
    const { code, stderr } = go2perfetto(["pprof", ...args], { cwd: emptyFolder() });
    expect([code, stderr]).toEqual([2, expect.stringContaining(message)]);
  });
});

test("a trace without CPU samples gives an empty profile, and why is said", () => {
  const { code, stderr } = go2perfetto(["pprof", "cpu", SYNC, "-o", "x.pb.gz"], { cwd: emptyFolder() });
  expect([code, stderr]).toEqual([
    0,
    "x.pb.gz: nothing\nThe trace has no CPU samples. Go writes them while a CPU profile is being taken: --profile takes one during a capture.\n",
  ]);
});

test("--all into what is no folder, or where one of the files cannot be, writes nothing", {
  tags: ["long"],
}, () => {
  const folder = emptyFolder();
  writeFileSync(join(folder, "file"), "");
  mkdirSync(join(folder, "out", "wait.pb.gz"), { recursive: true });
  const all = (out: string) => go2perfetto(["pprof", "--all", SYNC, "-o", out], { cwd: folder });
  expect(all("file").stderr).toBe("error: cannot write into file: it is not a directory\n");
  expect(all("out").stderr).toBe("error: cannot write out/wait.pb.gz: it is a directory\n");
  expect([all("file").code, all("out").code]).toEqual([1, 1]);
  expect(filesIn(join(folder, "out"))).toEqual(["wait.pb.gz"]);
});

test.each([
  [["sync", SYNC, "--region", "milk"], 'no region "milk": the trace has no regions'],
  [["sync", ANNOTATIONS, "--region", "milk"], "Similar regions: steamMilk"],
  [["sync", ANNOTATIONS, "--region", "steamMilk", "--region-latency", "1h.."], "has such a length"],
  [["sync", SYNC, "--goroutine", "main.mutexworker"], "Functions like it: main.mutexWorker"],
  [["sync", SYNC, "--from", "1h"], "nothing is left from 1h0m0s on"],
  [["sync", SYNC, "--base", "no-such-file"], "cannot read no-such-file"],
])("what is not there is named, and nothing is written: %j", (args, message) => {
  const folder = emptyFolder();
  const { code, stderr } = go2perfetto(["pprof", ...args, "-o", "out.pb.gz"], { cwd: folder });
  expect([code, stderr]).toEqual([1, expect.stringContaining(message)]);
  expect(filesIn(folder)).toEqual([]);
});
