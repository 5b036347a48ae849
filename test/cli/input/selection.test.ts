import { once } from "node:events";
import { copyFileSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { afterEach, describe, expect, test } from "vitest";
import { emptyFolder, filesIn, fixture, go2perfetto, shell, start } from "../command.js";

const SYNC = fixture("sync-go1.26.trace");
const ANNOTATIONS = fixture("annotations-go1.26.trace");
const sync = readFileSync(SYNC);

const linesOf = (...args: readonly string[]) => {
  const { code, stdout, stderr } = go2perfetto(["dump", ...args]);
  expect([code, stderr]).toEqual([0, ""]);
  return stdout.toString().trim().split("\n");
};

const { TMPDIR } = process.env;
afterEach(() => {
  if (TMPDIR === undefined) delete process.env.TMPDIR;
  else process.env.TMPDIR = TMPDIR;
});

/** Gives commands another folder for temporary files. */
function temporaryFolder(): string {
  const folder = emptyFolder();
  process.env.TMPDIR = folder;
  return folder;
}

describe("the part that is read", () => {
  test("is the events of a window, with their times in the whole trace", () => {
    const all = linesOf(SYNC);
    const timeOf = (line: string) => Number.parseInt(line, 10);
    const within = all.filter((line) => timeOf(line) > 5e6 && timeOf(line) < 6.5e6);
    const part = linesOf(SYNC, "--from", "5ms", "--to", "6.5ms");
    expect(part.filter((line) => timeOf(line) > 5e6 && timeOf(line) < 6.5e6)).toEqual(within);
    expect(within.length).toBeGreaterThan(100);
    expect([part[0], part.at(-1)]).toEqual([
      expect.stringMatching(/^5000000 .* Sync /),
      expect.stringMatching(/^6500000 .* Sync /),
    ]);
  });

  test.each([
    [["--from", "1ms", "--to", "40ms"]],
    [["--goroutine", "/Worker/", "--goroutine", "1"]],
    [["--goroutine", "main.mutexWorker", "--from", "20ms"]],
  ])("is the same from a file, a pipe and gzip: %j", { tags: ["long"] }, (options) => {
    const folder = temporaryFolder();
    const expected = go2perfetto(["dump", SYNC, ...options]).stdout;
    expect(expected.length).toBeGreaterThan(1000);
    for (const input of [sync, gzipSync(sync)])
      expect(go2perfetto(["dump", "-", ...options], { input }).stdout.equals(expected)).toBe(true);
    expect(filesIn(folder)).toEqual([]);
  });

  test("is of the goroutines that any selector means", { tags: ["long"] }, () => {
    const of = (lines: readonly string[]) =>
      new Set(lines.flatMap((line) => / goroutine=(\d+) /.exec(line)?.[1] ?? []));
    const workers = of(linesOf(SYNC, "--goroutine", "main.mutexWorker"));
    const main = of(linesOf(SYNC, "--goroutine", "1"));
    expect(main).toEqual(new Set(["1"]));
    expect(workers.size).toBeGreaterThan(5);
    const both = of(linesOf(SYNC, "--goroutine", "main.mutexWorker", "--goroutine", "1"));
    expect(both).toEqual(new Set([...workers, ...main]));
  });

  test("is a task's own time and goroutines", () => {
    const lines = linesOf(ANNOTATIONS, "--task", "child of unseen task");
    const ofTask = (line: string) => / Task(Begin|End) task=3 /.test(line);
    expect(lines.filter((line) => / Task(Begin|End) /.test(line))).toEqual(
      linesOf(ANNOTATIONS).filter(ofTask),
    );
    // Who stops the world does so to all.
    expect(lines.filter((line) => / goroutine=(?!1 )\d/.test(line) && !/ Stw/.test(line))).toEqual([]);
    expect(linesOf(ANNOTATIONS, "--task", "3")).toEqual(lines);
  });

  test("is converted, with those who are related", { tags: ["long"] }, () => {
    const cwd = emptyFolder();
    const convert = (...options: string[]) => {
      const args = [SYNC, "-o", "out.pftrace", "--goroutine", "main.consumer", "--detail", "lean"];
      expect(go2perfetto([...args, ...options], { cwd }).code).toBe(0);
      return readFileSync(join(cwd, "out.pftrace"));
    };
    const alone = convert();
    expect(alone.includes("main.producer")).toBe(false);
    expect(alone.includes("another goroutine")).toBe(true);
    expect(convert("--related").includes("main.producer")).toBe(true);
  });

  test("of a trace that is cut is whole if it ends before that", { tags: ["long"] }, () => {
    const cwd = emptyFolder();
    const trace = readFileSync(fixture("manygens-sync-go1.26.trace"));
    writeFileSync(join(cwd, "cut.trace"), trace.subarray(0, trace.length - 5000));
    expect(go2perfetto(["dump", "cut.trace", "--to", "2ms"], { cwd })).toMatchObject({ code: 0, stderr: "" });
    const { code, stderr } = go2perfetto(["dump", "cut.trace", "--from", "2ms"], { cwd });
    expect([code, stderr]).toEqual([3, expect.stringContaining("cut.trace is incomplete")]);
  });
});

describe("the temporary file for what is no file", () => {
  test.each(["SIGINT", "SIGTERM"] as const)(
    "is not left behind on %s",
    { tags: ["long"] },
    async (signal) => {
      const cwd = emptyFolder();
      const folder = temporaryFolder();
      const child = start(["-", "-o", "out.pftrace", "--goroutine", "1"], cwd);
      child.stdin.write(sync);
      while (filesIn(folder).length < 1) await new Promise((resolve) => setTimeout(resolve, 10));
      child.kill(signal);
      await once(child, "exit");
      expect([...filesIn(folder), ...filesIn(cwd)]).toEqual([]);
    },
  );

  test("is not left behind by an error, nor made for what is no trace", () => {
    const folder = temporaryFolder();
    const input = sync.subarray(0, 20_000);
    expect(go2perfetto(["dump", "-", "--goroutine", "nobody"], { input }).code).toBe(1);
    const html = Buffer.from("<!DOCTYPE html><title>404</title>");
    const { code, stderr } = go2perfetto(["dump", "-", "--goroutine", "1"], { input: html });
    expect([code, stderr]).toEqual([
      1,
      expect.stringContaining("standard input is not a Go execution trace"),
    ]);
    expect(shell("yes | go2perfetto dump - --goroutine 1", folder).code).toBe(1);
    expect(filesIn(folder)).toEqual([]);
  });

  test("is named where it cannot be written", () => {
    process.env.TMPDIR = join(emptyFolder(), "nowhere");
    const { code, stderr } = go2perfetto(["dump", "-", "--goroutine", "1"], { input: sync });
    expect([code, stderr]).toEqual([
      1,
      expect.stringMatching(
        /^error: cannot keep standard input in a temporary file \(.*nowhere.*\): no such file/,
      ),
    ]);
  });
});

describe("a selection of nothing", () => {
  test.each([
    [
      ["--goroutine", "main.mutexworker"],
      'no goroutine starts in "main.mutexworker"',
      "Functions like it: main.mutexWorker,",
    ],
    [["--goroutine", "/^nobody$/"], "no goroutine's start function matches /^nobody$/", "Start functions: "],
    [["--goroutine", "main.main", "--goroutine", "4711"], "no goroutine 4711 among ", "Start functions: "],
    [["--task", "request"], 'no task of type "request": there are no tasks', ""],
    [["--task", "7"], "no task 7 among 0", ""],
    [
      ["--trace-id", "0AF7651916CD43DD8448EB211C80319C"],
      "no trace id 0af7651916cd43dd8448eb211c80319c",
      "--link-log",
    ],
    [["--from", "2s"], "nothing is left from 2s on: the trace ends at 55.999744ms", ""],
    [["--from", "2s", "--goroutine", "1"], "nothing is left from 2s on: the trace ends at 55.999744ms", ""],
  ])("is an error that says what there is: %j", { tags: ["long"] }, (options, message, advice) => {
    const cwd = emptyFolder();
    copyFileSync(SYNC, join(cwd, "a.trace"));
    const { code, stderr } = go2perfetto(["a.trace", ...options], { cwd });
    expect(code).toBe(1);
    expect(stderr.startsWith(`error: a.trace: ${message}`)).toBe(true);
    expect(stderr).toContain(advice);
    expect(stderr.split("\n").length).toBeLessThan(4);
    expect(filesIn(cwd)).toEqual(["a.trace"]);
  });

  test("names the types of tasks", () => {
    const { stderr } = go2perfetto(["dump", ANNOTATIONS, "--task", "makecappucino"]);
    expect(stderr).toContain("Types of tasks like it: makeCappuccino, ");
    const both = go2perfetto(["dump", ANNOTATIONS, "--task", "3", "--goroutine", "runtime.bgsweep"]);
    expect([both.code, both.stderr]).toEqual([
      1,
      expect.stringContaining("none of the selected goroutines works for the task"),
    ]);
  });
});

describe("wrong usage", () => {
  test.each([
    [["--from", "5"], "It has no unit at its end."],
    [["--from", "1.5q"], 'It has an unknown unit "q" at character 4'],
    [["--to", "-1s"], "It is negative."],
    [["--to", "0x10s"], 'It has an unknown unit "x" at character 2'],
    [["--from", ""], "It is empty."],
    [["--from", "1s", "--from", "2s"], "It is given twice."],
    [["--from", "2s", "--to", "2s"], "--from is not before --to"],
    [["--to", "0s"], "--from is not before --to"],
    [["--goroutine", "/worker"], "It has no closing / at its end."],
    [["--goroutine", "/[/"], "It is a bad regular expression: unterminated character class"],
    [["--goroutine", ""], "It is empty."],
    [["--task", "a", "--task", "b"], "It is given twice."],
    [["--task"], "argument missing"],
    [["--trace-id", "12345"], "It is not a trace id of 32 (or 16) hexadecimal digits."],
    [["--trace-id", "0af7651916cd43dd8448eb211c80319c", "--task", "7"], "cannot be used with"],
    [["--link-log", "trace"], "It is not KEY=KIND"],
    [["--link-log", "trace=id"], "It is not KEY=KIND"],
    [["--link-log", "trace=traceparent:hex"], "Only trace_id and span_id have an encoding."],
    [["--link-log", "trace=trace_id:base64"], "The encoding is none of hex, dec, raw, raw-be."],
    [["--related"], "--related needs --goroutine, --task or --trace-id"],
    [["--related", "--from", "1ms"], "--related needs --goroutine, --task or --trace-id"],
  ])("is exit code 2 and one message: %j", { tags: ["long"] }, (options, message) => {
    const cwd = emptyFolder();
    copyFileSync(SYNC, join(cwd, "a.trace"));
    const { code, stderr } = go2perfetto(["a.trace", ...options], { cwd });
    expect([code, stderr]).toEqual([2, expect.stringContaining(message)]);
    expect(stderr.trim().split("\n").length).toBe(2);
    expect(filesIn(cwd)).toEqual(["a.trace"]);
  });

  test("is a part of what is stored", () => {
    const { code, stderr } = go2perfetto(["dump", "--wire", SYNC, "--from", "1ms"]);
    expect([code, stderr]).toEqual([2, expect.stringContaining("--wire always prints the whole trace")]);
  });
});
