// @module-tag long

import { once } from "node:events";
import {
  appendFileSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { gzipSync } from "node:zlib";
import { describe, expect, test } from "vitest";
import { grouped } from "../../../../src/base/grouped.js";
import { isInShard } from "../../../../src/cli/commands/batch/plan.js";
import { documentedTypes, violations } from "../../../support/documented-types.js";
import { fixture, go2perfetto, start } from "../../command.js";
import { type Batch, batch, folderOf, outputsIn } from "./batch.js";

const SYNC = fixture("sync-go1.26.trace");
const HELLO = fixture("hello-go1.26.trace");

describe("batch", () => {
  test("makes of each trace what the single commands make of it", () => {
    const cwd = folderOf({ "in/a/sync.trace": SYNC, "in/b/c/hello.out.gz": gzipSync(readFileSync(HELLO)) });
    const { code, outputs, report } = batch(cwd, ["in", "--also", "pprof,stats", "--detail", "full"]);
    expect(code).toBe(0);
    const single = (args: readonly string[]) => go2perfetto(args, { cwd }).stdout;
    const bytes = (path: string) => readFileSync(join(cwd, "out", path));
    const inputs = { "a/sync": "in/a/sync.trace", "b/c/hello": "in/b/c/hello.out.gz" };
    for (const [name, input] of Object.entries(inputs)) {
      const converted = single([input, "--detail", "full", "-o", "-"]);
      expect(bytes(`${name}.pftrace`).equals(converted)).toBe(true);
      expect(bytes(`${name}.stats.json`).equals(single(["stats", "--json", input]))).toBe(true);
      expect(bytes(`${name}.pprof/sync.pb.gz`).equals(single(["pprof", "sync", input, "-o", "-"]))).toBe(
        true,
      );
      const row = report.files.find((each) => each.input === input);
      expect([row?.size, row?.exitCode, row?.lost]).toEqual([converted.length, 0, []]);
    }
    expect(outputs).toHaveLength(2 * (2 + 7));
  });

  test("writes the findings of each trace, and a table with the weightiest of each", () => {
    const cwd = folderOf({ "in/sync.trace": SYNC, "in/hello.trace": HELLO });
    const { code, report, stdout } = batch(cwd, ["in", "--also", "explain"]);
    expect(code).toBe(0);
    const single = go2perfetto(["explain", "--json", "in/sync.trace"], { cwd }).stdout;
    expect(readFileSync(join(cwd, "out/sync.explain.json")).equals(single)).toBe(true);
    const [hello, sync] = report.files;
    expect([hello?.finding, sync?.finding?.kind]).toEqual([undefined, "lock-contention"]);
    expect(violations(documentedTypes("batch-report.md"), "File", sync, "", new Set())).toEqual([]);
    expect(stdout).toMatch(
      /Weightiest finding of each trace\n\n.*\n.*sync\.trace +100\.0% +lock-contention +Up to 15/,
    );
  });

  test("takes files, folders, globs and lists, each trace once", () => {
    const cwd = folderOf({
      "in/a.trace": HELLO,
      "in/deep/b.out": HELLO,
      "in/no-extension": HELLO,
      "in/cover.out": Buffer.from("mode: set\n"),
      "in/.hidden/c.trace": HELLO,
      "list.txt": Buffer.from("in/a.trace\n\nin/deep\r\n"),
    });
    const inputsOf = (words: readonly string[], input?: string) =>
      batch(cwd, words, {}, input).report.files.map((row) => row.input);
    expect(inputsOf(["in"])).toEqual(["in/a.trace", "in/deep/b.out", "in/no-extension"]);
    expect(inputsOf(["in/**/*.{trace,out}", "in/a.trace"])).toEqual([
      "in/a.trace",
      "in/cover.out",
      "in/deep/b.out",
    ]);
    expect(inputsOf(["@list.txt"])).toEqual(["in/a.trace", "in/deep/b.out"]);
    expect(inputsOf(["-"], "in/a.trace\0in/no-extension\0")).toEqual(["in/a.trace", "in/no-extension"]);
    // The folder that it writes to may be among what it reads.
    copyFileSync(HELLO, join(cwd, "out/not-an-input.trace"));
    expect(inputsOf(["."])).toEqual(["in/a.trace", "in/deep/b.out", "in/no-extension"]);
  });

  test("keeps the structure of folders below what the inputs have in common", () => {
    const cwd = folderOf({ "x/run1/a.trace": HELLO, "x/run2/a.trace": HELLO, "x/run2/deep/b.trace": HELLO });
    const outputsOf = (...words: string[]) => {
      rmSync(join(cwd, "out"), { recursive: true, force: true });
      return batch(cwd, words).outputs;
    };
    expect(outputsOf("x/run1", "x/run2")).toEqual([
      "run1/a.pftrace",
      "run2/a.pftrace",
      "run2/deep/b.pftrace",
    ]);
    expect(outputsOf("x/run2")).toEqual(["a.pftrace", "deep/b.pftrace"]);
    expect(outputsOf("x/*/a.trace")).toEqual(["run1/a.pftrace", "run2/a.pftrace"]);
    expect(outputsOf(join(cwd, "x/run2/deep/b.trace"))).toEqual(["b.pftrace"]);
  });

  test("refuses to write two traces to the same file, before it writes anything", () => {
    const cwd = folderOf({ "in/a.out": HELLO, "in/a.trace": SYNC });
    const { code, stderr, outputs } = batch(cwd, ["in"]);
    expect([code, outputs]).toEqual([2, []]);
    expect(stderr).toMatch(/^error: in\/a\.out and in\/a\.trace would both be written to out\/a\.pftrace$/m);
  });

  test("a broken trace stops none of the others, and the exit code is the gravest", () => {
    const good = { "in/good.trace": HELLO };
    const cut = { "in/cut.trace": readFileSync(SYNC).subarray(0, 40_000) };
    const bad = { "in/bad.trace": Buffer.from("<!DOCTYPE html>") };
    const limit = ["--assert", "sched.count < 100"];
    const codeOf = (files: Readonly<Record<string, string | Uint8Array>>, ...more: string[]) =>
      batch(folderOf(files), ["in", ...more]).code;
    expect(codeOf(good)).toBe(0);
    expect(codeOf({ ...good, ...cut })).toBe(3);
    expect(codeOf({ ...good, ...cut }, ...limit)).toBe(4);
    expect(codeOf({ ...good, ...cut }, "--strict")).toBe(1);
    const { code, outputs, report, stderr } = batch(folderOf({ ...good, ...cut, ...bad }), [
      "in",
      "none/*",
      "no",
      ...limit,
    ]);
    expect([code, outputs]).toEqual([1, ["in/cut.pftrace", "in/good.pftrace"]]);
    expect(report.files.map((row) => [row.input, row.exitCode, row.error ?? ""])).toEqual([
      ["none/*", 1, "nothing matches"],
      ["no", 1, "cannot be read: no such file or directory"],
      ["in/bad.trace", 1, expect.stringContaining("is not a Go execution trace")],
      ["in/cut.trace", 4, ""],
      ["in/good.trace", 0, ""],
    ]);
    expect(stderr).toMatch(/^warning: in\/cut\.trace is incomplete: /m);
    expect(stderr).toMatch(/^5 traces, 3 failed, 1 incomplete, 1 beyond a limit$/m);
  });

  test("the report is as docs/batch-report.md says, the table has a row for each trace", () => {
    const cwd = folderOf({
      "in/bad.trace": Buffer.from("<!DOCTYPE html>"),
      "in/cut.trace": readFileSync(SYNC).subarray(0, 40_000),
      "in/good.trace": HELLO,
    });
    const args = [
      "in",
      "--also",
      "stats,pprof,explain,html",
      "--assert",
      "sched.count < 1",
      'function["main.nobody"].exec < 1s',
      "--shard",
      "0/1",
      "--split-time",
      "1ms",
    ];
    const seen = new Set<string>();
    const types = documentedTypes("batch-report.md");
    for (const more of [[], ["--resume"]]) {
      const { report } = batch(cwd, [...args, ...more]);
      expect(violations(types, "Report", report, "", seen)).toEqual([]);
    }
    const described = [...types].flatMap(([type, fields]) =>
      [...fields.keys()].map((field) => `${type}.${field.replace("?", "")}`),
    );
    expect([...seen].sort()).toEqual(described.sort());
    const { stdout, stderr } = batch(cwd, ["in"]);
    expect(stdout.match(/^in\/\w+\.trace .*$/gm)).toHaveLength(3);
    expect(stdout).toMatch(
      /^in\/good\.trace +go 1\.26 +\S+ µs +35 +nothing +out\/good\.pftrace +\S+ kB +\d\.\d +-$/m,
    );
    expect(stderr).toMatch(/\[3\/3\]/);
    const quiet = batch(cwd, ["in/good.trace", "-q"]);
    expect([quiet.stdout, quiet.stderr]).toEqual(["", ""]);
  });

  test("says at once, and once, that nothing can be written to the folder", () => {
    const cwd = folderOf({ "in/a.trace": HELLO, "in/b.trace": HELLO, out: Buffer.from("no folder") });
    const { code, stdout, stderr } = go2perfetto(["batch", "in", "--out-dir", "out"], { cwd });
    expect([code, stdout.toString(), stderr]).toEqual([
      1,
      "",
      "error: cannot write into out: it is not a directory\n",
    ]);
  });

  test("a trace is a file: running programs are captured one by one", () => {
    const cwd = folderOf({ "in/a.trace": HELLO });
    const words = [
      "http://joe:secret@127.0.0.1:1/debug/pprof/trace?seconds=1&token=secret",
      "joe:secr@et@127.0.0.1:1",
      "s3://joe:secret@traces/a.trace",
      "in",
    ];
    const { code, report, stdout, stderr } = batch(cwd, words);
    const error = "batch reads files only; convert reads URLs";
    expect(report.files).toMatchObject([
      { input: "http://127.0.0.1:1/debug/pprof/trace", error },
      { input: "http://127.0.0.1:1/debug/pprof/trace", error },
      { input: "traces/a.trace", error },
      { input: "in/a.trace", output: "out/a.pftrace" },
    ]);
    expect([code, stderr + stdout + JSON.stringify(report)]).toEqual([
      1,
      expect.not.stringMatching(/joe|secr/),
    ]);
  });

  test("a record that cannot be written is a warning", () => {
    const cwd = folderOf({
      "in/a.trace": HELLO,
      "in/b.trace": HELLO,
      "out/.go2perfetto": Buffer.from("a file"),
    });
    const { code, outputs, stderr } = batch(cwd, ["in", "-q"]);
    expect([code, outputs]).toEqual([0, ["a.pftrace", "b.pftrace"]]);
    expect(
      stderr.match(/^warning: --resume will convert in\/[ab]\.trace again: cannot write/gm),
    ).toHaveLength(2);
  });

  test.each([
    [["in", "--shard", "2/2"], /The shards of 2 are 0\/2 to 1\/2/],
    [["in", "--shard", "1"], /A shard is I\/N/],
    [["in", "--jobs", "0"], /whole number from 1/],
    [["in", "--also", "pprof,svg"], /"svg" is not one of pprof, stats, explain, html/],
    [["in", "--assert", "sched.p99"], /one of < <= > >= == != is expected here/i],
    [["in", "--from", "2s", "--to", "1s"], /--from is not before --to/],
    [["in", "--seconds", "2"], /unknown option '--seconds'/],
    [[], /missing required argument 'IN'/],
  ])("wrong usage: %j", (args, message) => {
    const { code, stderr, outputs } = batch(folderOf({ "in/a.trace": HELLO }), args);
    expect([code, stderr, outputs]).toEqual([2, expect.stringMatching(message), []]);
  });
});

test("batch splits, and writes Chrome's JSON, as convert does", () => {
  const cwd = folderOf({ "in/sync.trace": SYNC });
  const { outputs, report } = batch(cwd, ["in", "--split-time", "20ms", "--format", "json"]);
  expect(outputs).toEqual(["sync.001.json", "sync.002.json", "sync.003.json"]);
  const sizes = outputs.map((name) => readFileSync(join(cwd, "out", name)).length);
  const [row] = report.files;
  expect([row?.output, row?.parts, row?.size]).toEqual([
    "out/sync.001.json",
    3,
    sizes.reduce((a, b) => a + b),
  ]);
  const single = go2perfetto(["in/sync.trace", "--split-time", "20ms", "-o", "one.json"], { cwd });
  expect(single.stderr).toMatch(
    new RegExp(` 3 parts, [\\d.]+ [kM]B, ${grouped(row?.events ?? 0)} events in `),
  );
  expect(row?.duration).toBe(55_999_745);
  expect(
    batch(cwd, ["in", "--split-time", "20ms", "--format", "json", "--resume"]).report.counts.skipped,
  ).toBe(1);
  rmSync(join(cwd, "out/sync.002.json"));
  expect(
    batch(cwd, ["in", "--split-time", "20ms", "--format", "json", "--resume"]).report.counts.skipped,
  ).toBe(0);
});

describe("batch --resume", () => {
  const skipped = ({ report }: Batch) => report.files.filter((row) => row.skipped).map(({ input }) => input);
  /** Runs what `done` has begun again. */
  const again = (cwd: string, ...args: string[]) => batch(cwd, ["in", "--resume", ...args]);
  const both = ["in/a.trace", "in/b.trace"];
  const done = () => {
    const cwd = folderOf({ "in/a.trace": HELLO, "in/b.trace": readFileSync(SYNC).subarray(0, 40_000) });
    const first = batch(cwd, ["in"]);
    expect([first.code, skipped(first)]).toEqual([3, []]);
    return { cwd, first };
  };

  test("leaves out what is done, with the same figures and exit code", () => {
    const { cwd, first } = done();
    const { code, report, stderr } = again(cwd, "-q");
    expect([code, stderr]).toEqual([3, ""]);
    const withoutSkipped = report.files.map(({ skipped: _skipped, ...row }) => row);
    expect(withoutSkipped).toEqual(first.report.files);
    const verbose = again(cwd, "-v", "--no-progress", "--jobs", "1");
    expect([verbose.code, skipped(verbose)]).toEqual([3, both]);
  });

  test("does again what is not as it was, whatever clocks say, and nothing else", () => {
    const names = [
      "changed",
      "older",
      "renamed",
      "output-gone",
      "output-cut",
      "output-older",
      "record-broken",
      "other-version",
    ];
    const kept = ["from-the-future", "output-copied", "untouched"];
    const cwd = folderOf(Object.fromEntries([...names, ...kept].map((name) => [`in/${name}.trace`, HELLO])));
    const input = (name: string) => join(cwd, `in/${name}.trace`);
    const output = (name: string) => join(cwd, `out/${name}.pftrace`);
    const record = (name: string) => join(cwd, `out/.go2perfetto/${name}.json`);
    const now = Date.now() / 1000;
    // The clock of the machine that made it is ahead of the one that writes the outputs, or that one was set back.
    utimesSync(input("from-the-future"), now + 3600, now + 3600);
    expect(batch(cwd, ["in"]).code).toBe(0);
    appendFileSync(input("changed"), Buffer.of(1));
    utimesSync(input("older"), 1e9, 1e9);
    renameSync(input("renamed"), join(cwd, "in/renamed.out"));
    rmSync(output("output-gone"));
    writeFileSync(output("output-cut"), "");
    utimesSync(output("output-older"), 1e9, 1e9);
    writeFileSync(record("record-broken"), "{");
    const text = readFileSync(record("other-version"), "utf8");
    writeFileSync(record("other-version"), text.replace(/"version":"[^"]+"/, '"version":"0.0.0"'));
    utimesSync(output("output-copied"), now + 60, now + 60);
    const second = again(cwd);
    // A byte behind a trace is lost.
    expect([second.code, skipped(second)]).toEqual([3, kept.map((name) => `in/${name}.trace`)]);
    const third = again(cwd);
    expect([third.code, skipped(third)]).toEqual([3, third.report.files.map((row) => row.input)]);
  });

  test("does it again with other options, but not in another place", () => {
    const { cwd } = done();
    const rerun = (...args: string[]) => {
      const run = again(cwd, ...args);
      return [run.code, skipped(run)];
    };
    expect(rerun("--detail", "lean")).toEqual([3, []]);
    expect(rerun("--detail", "lean")).toEqual([3, both]);
    // The cut trace has no goroutine whose name is known.
    expect(rerun("--goroutine", "/main/")).toEqual([1, []]);
    expect(rerun("--goroutine", "/main/")).toEqual([1, ["in/a.trace"]]);
    expect(rerun("--goroutine", "/^main/")).toEqual([1, []]);
    expect(rerun("--assert", "sched.count < 1", "--also", "stats,pprof")).toEqual([4, []]);
    mkdirSync(join(cwd, "elsewhere"));
    renameSync(join(cwd, "out"), join(cwd, "elsewhere/out"));
    const moved = batch(join(cwd, "elsewhere"), [
      ...["../in", "--resume", "--assert", "sched.count < 1", "--also", "pprof,stats"],
    ]);
    expect([moved.code, skipped(moved)]).toEqual([4, ["../in/a.trace", "../in/b.trace"]]);
    const [row] = moved.report.files;
    expect([row?.output, row?.also]).toEqual([
      "out/a.pftrace",
      { pprof: "out/a.pprof", stats: "out/a.stats.json" },
    ]);
  });

  test("does it again if the program that gives names is another", () => {
    const cwd = folderOf({ "in/a.trace": HELLO, program: Buffer.from("one") });
    const skips = () => skipped(again(cwd, "--binary", "program"));
    expect([skips(), skips()]).toEqual([[], ["in/a.trace"]]);
    writeFileSync(join(cwd, "program"), "another");
    expect(skips()).toEqual([]);
  });
});

describe("batch --shard", () => {
  const names = Array.from({ length: 2000 }, (_each, i) => `run-${i % 7}/trace-${i}`);

  test("every trace is in one part, and the parts are about as large", () => {
    for (const count of [1, 2, 3, 10]) {
      const sizes = new Array<number>(count).fill(0);
      for (const key of names) {
        const parts = sizes.flatMap((_size, index) => (isInShard({ key }, { index, count }) ? [index] : []));
        expect(parts).toHaveLength(1);
        sizes[parts[0] as number] = (sizes[parts[0] as number] as number) + 1;
      }
      const mean = names.length / count;
      // Five standard deviations of a count that is left to chance.
      for (const size of sizes) expect(Math.abs(size - mean)).toBeLessThan(5 * Math.sqrt(mean));
    }
  });

  test("machines that name the folder in other ways, and see other files too, share the work", () => {
    const files = Object.fromEntries(
      Array.from({ length: 12 }, (_each, i) => [`in/${i % 3}/t${i}.trace`, HELLO]),
    );
    const cwd = folderOf(files);
    const part = (words: readonly string[], index: number) => batch(cwd, [...words, "--shard", `${index}/3`]);
    const first = part(["in"], 0);
    copyFileSync(HELLO, join(cwd, "in/0/later.trace"));
    const second = part([`${join(cwd, "in")}/`], 1);
    const third = part(["in/**/*.trace"], 2);
    const done = [first, second, third].flatMap(({ report }) => report.files.map(({ output }) => output));
    expect(new Set(done).size).toBe(done.length);
    expect(third.outputs.filter((name) => name !== "0/later.pftrace")).toHaveLength(12);
    for (const { code, report } of [first, second, third]) {
      expect([code, report.shard?.count]).toEqual([0, 3]);
      expect(report.files.length).toBeLessThan(12);
    }
  });
});

test("a signal leaves nothing half, and --resume goes on from there", async () => {
  const files = Object.fromEntries(
    Array.from({ length: 6 }, (_each, i) => [`in/t${i}.trace`, fixture("http.trace")]),
  );
  const cwd = folderOf(files);
  const args = ["batch", "in", "--out-dir", "out", "--detail", "full", "--also", "pprof", "--jobs", "2"];
  const out = join(cwd, "out");
  const child = start(args, cwd);
  const isUnderWay = () => {
    const found = existsSync(out) ? outputsIn(out) : [];
    return found.some((name) => name.endsWith(".pftrace")) && found.some((name) => name.endsWith(".tmp"));
  };
  while (!isUnderWay() && child.exitCode === null) await sleep(5);
  child.kill("SIGINT");
  const [code] = await once(child, "exit");
  expect(code).toBe(130);
  const left = outputsIn(out);
  expect(left.filter((name) => name.endsWith(".tmp"))).toEqual([]);
  const whole = go2perfetto([fixture("http.trace"), "--detail", "full", "-o", "-"]).stdout;
  const pftraces = left.filter((name) => name.endsWith(".pftrace"));
  // The title of a trace is its file's name.
  for (const name of pftraces)
    expect(Math.abs(readFileSync(join(out, name)).length - whole.length)).toBeLessThan(20);
  expect(pftraces.length).toBeLessThan(6);
  const { code: again } = go2perfetto([...args, "--resume"], { cwd });
  expect([again, outputsIn(out).filter((name) => name.endsWith(".pftrace")).length]).toEqual([0, 6]);
});
