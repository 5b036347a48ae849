// @module-tag long

import { once } from "node:events";
import { copyFileSync, mkdirSync, readFileSync, statSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import { describe, expect, test } from "vitest";
import type { JsonTrace } from "../../../support/chrome-json.js";
import { jsonProblems } from "../../../support/integrity-json.js";
import { pftraceProblems } from "../../../support/integrity-pftrace.js";
import { ManyGoroutines } from "../../../support/many-goroutines.js";
import { readPftrace } from "../../../support/pftrace-reader.js";
import { emptyFolder, filesIn, fixture, go2perfetto, start } from "../../command.js";

const HTTP = fixture("http.trace");
const MANY = fixture("manygens-sync-go1.26.trace");
const many = readFileSync(MANY);

/** Names of parts, by count. */
const names = (count: number, extension = ".pftrace") =>
  Array.from({ length: count }, (_, i) => `out.${String(i + 1).padStart(3, "0")}${extension}`);

const sizeOf = (...path: string[]) => statSync(join(...path)).size;

describe("parts", () => {
  test("of a time are numbered, each whole by itself, and the same as a window", () => {
    const cwd = emptyFolder();
    const { code, stderr } = go2perfetto([MANY, "-o", "out.pftrace", "--split-time", "3ms"], { cwd });
    const files = filesIn(cwd);
    expect(files.length).toBeGreaterThan(3);
    expect(files).toEqual(names(files.length));
    expect([code, stderr]).toEqual([
      0,
      expect.stringMatching(
        new RegExp(
          `^out\\.001\\.pftrace … ${files.at(-1)}: ${files.length} parts, [\\d.]+ [kM]B, [\\d,]+ events in [\\d.]+ s\n$`,
        ),
      ),
    ]);
    const window = ["--from", "3ms", "--to", "6ms"];
    expect(go2perfetto([MANY, "-q", "-o", "window.pftrace", ...window], { cwd }).code).toBe(0);
    const part = readFileSync(join(cwd, "out.002.pftrace"));
    expect(pftraceProblems(readPftrace(part))).toEqual([]);
    // Only the part has a number.
    expect(part.length - sizeOf(cwd, "window.pftrace")).toBeLessThan(40);
    expect(part.length).toBeGreaterThan(10_000);
  });

  test("of a size are no larger, and nearly as large", () => {
    const cwd = emptyFolder();
    expect(go2perfetto([HTTP, "-q", "-o", "out.pftrace", "--split-size", "2MB"], { cwd })).toMatchObject({
      code: 0,
      stderr: "",
    });
    const files = filesIn(cwd);
    expect(files).toEqual(names(files.length));
    const sizes = files.map((file) => sizeOf(cwd, file));
    expect(Math.max(...sizes)).toBeLessThanOrEqual(2_000_000);
    expect(Math.min(...sizes.slice(0, -1))).toBeGreaterThan(1_400_000);
  });

  test("of a size are so as JSON, too", () => {
    const cwd = emptyFolder();
    const args = [HTTP, "-q", "-o", "out.json", "--split-size", "8MB"];
    expect(go2perfetto(args, { cwd })).toMatchObject({ code: 0, stderr: "" });
    const files = filesIn(cwd);
    expect(files).toEqual(names(files.length, ".json"));
    const sizes = files.map((file) => sizeOf(cwd, file));
    expect(sizes.length).toBeGreaterThan(2);
    expect(Math.max(...sizes)).toBeLessThanOrEqual(8_000_000);
    expect(Math.min(...sizes.slice(0, -1))).toBeGreaterThan(5_600_000);
    for (const [i, file] of files.entries()) {
      const trace = JSON.parse(readFileSync(join(cwd, file), "utf8")) as JsonTrace;
      expect([jsonProblems(trace), trace.otherData?.part]).toEqual([[], i + 1]);
    }
  });

  test("that are larger than they were to be are warned of", () => {
    const cwd = emptyFolder();
    const { code, stderr } = go2perfetto([MANY, "-o", "out.json", "--split-size", "100kB"], { cwd });
    const sizes = filesIn(cwd).map((file) => sizeOf(cwd, file));
    const large = sizes.filter((size) => size > 100_000).length;
    expect(large).toBeGreaterThan(0);
    const [largest] = [...sizes].sort((a, b) => b - a);
    expect([code, stderr]).toEqual([
      0,
      expect.stringContaining(`has ${largest?.toLocaleString("en")} bytes instead of 100,000\n`),
    ]);
  });

  test("are one if a browser opens all of it", () => {
    const cwd = emptyFolder();
    const { code, stderr } = go2perfetto([MANY, "-o", "out.pftrace", "--split", "auto"], { cwd });
    expect([code, stderr]).toEqual([0, expect.stringMatching(/^out\.001\.pftrace: 1 part, /)]);
    expect(filesIn(cwd)).toEqual(["out.001.pftrace"]);
  });

  test("are the same from standard input, again, and unpacked", () => {
    const cwd = emptyFolder();
    for (const folder of ["file", "pipe", "again", "gz"]) mkdirSync(join(cwd, folder));
    const split = ["--split-size", "400kB", "--split-time", "5ms"];
    go2perfetto([MANY, "-q", "-o", "file/out.pftrace", ...split], { cwd });
    go2perfetto([MANY, "-q", "-o", "again/out.pftrace", ...split], { cwd });
    go2perfetto(["-", "-q", "-o", "gz/out.pftrace.gz", "--split-time", "5ms"], { cwd, input: many });
    const files = filesIn(join(cwd, "file"));
    expect(files.length).toBeGreaterThan(2);
    expect(filesIn(join(cwd, "again"))).toEqual(files);
    for (const file of files)
      expect(readFileSync(join(cwd, "again", file)).equals(readFileSync(join(cwd, "file", file)))).toBe(true);
    // The title is that of the input, in every stack: so the bytes differ, but not what they are of.
    const zipped = filesIn(join(cwd, "gz"));
    expect(zipped).toEqual(names(zipped.length, ".pftrace.gz"));
    for (const file of zipped)
      expect(pftraceProblems(readPftrace(gunzipSync(readFileSync(join(cwd, "gz", file)))))).toEqual([]);
  });

  test("are of what is selected", () => {
    const cwd = emptyFolder();
    const options = [
      "--goroutine",
      "main.mutexWorker",
      "--from",
      "5ms",
      "--to",
      "11ms",
      "--split-time",
      "4ms",
    ];
    const { code } = go2perfetto([fixture("sync-go1.26.trace"), "-o", "out.pftrace", ...options], { cwd });
    expect([code, filesIn(cwd)]).toEqual([0, names(2)]);
    expect(readFileSync(join(cwd, "out.001.pftrace")).includes("main.producer")).toBe(false);
  });

  test("of a trace that is cut are there up to the break, unless any loss is an error", () => {
    const cwd = emptyFolder();
    writeFileSync(join(cwd, "out.trace"), many.subarray(0, many.length - 5000));
    const args = ["out.trace", "--split-time", "3ms"];
    const strict = go2perfetto([...args, "--strict"], { cwd });
    expect([strict.code, strict.stderr]).toEqual([
      1,
      expect.stringContaining("error: out.trace: the input ends"),
    ]);
    expect(filesIn(cwd)).toEqual(["out.trace"]);
    const { code, stderr } = go2perfetto(args, { cwd });
    expect([code, stderr]).toEqual([3, expect.stringContaining("out.trace is incomplete")]);
    const files = filesIn(cwd).filter((file) => file !== "out.trace");
    expect(files.length).toBeGreaterThan(2);
    expect(files).toEqual(names(files.length));
  });
});

const crowd = ManyGoroutines.find("parts with too many goroutines");

test.skipIf(crowd === undefined)("more goroutines than a browser opens are warned of", () => {
  const cwd = emptyFolder();
  crowd?.write(join(cwd, "crowd.trace"), 70_000, 70_000);
  const args = ["crowd.trace", "-o", "out.pftrace", "--split", "auto", "--detail", "full"];
  const { code, stderr } = go2perfetto([...args, "--tracks", "gc"], { cwd });
  // The first parts end in time; those that follow begin with more and more.
  expect(filesIn(cwd).length).toBeGreaterThan(4);
  expect([code, stderr]).toEqual([
    0,
    expect.stringMatching(
      /warning: .*out\.00\d\.pftrace has (6|7)\d,\d{3} goroutines, but a browser opens about 40,000\n/,
    ),
  ]);
});

describe("parts of an earlier run", () => {
  test("are replaced; those that are more are told of and left", () => {
    const cwd = emptyFolder();
    for (const name of [...names(9), "out.pftrace", "out.1.pftrace", "out.010.pftrace.gz"])
      writeFileSync(join(cwd, name), "before");
    const { code, stderr } = go2perfetto([MANY, "-o", "out.pftrace", "--split-time", "20ms"], { cwd });
    expect(code).toBe(0);
    const kept = filesIn(cwd).filter((file) => readFileSync(join(cwd, file), "utf8") === "before");
    const first = names(9).findIndex((name) => kept.includes(name));
    expect(first).toBeGreaterThan(0);
    expect(kept).toEqual(
      ["out.010.pftrace.gz", "out.1.pftrace", "out.pftrace", ...names(9).slice(first)].sort(),
    );
    expect(stderr).toContain(
      `warning: ${names(9)[first]} … out.009.pftrace (${9 - first} files) are from an earlier run\n`,
    );
  });

  test("may not be the trace itself", () => {
    const cwd = emptyFolder();
    copyFileSync(MANY, join(cwd, "a.trace"));
    symlinkSync("a.trace", join(cwd, "out.002.pftrace"));
    const { code, stderr } = go2perfetto(["a.trace", "-o", "out.pftrace", "--split-time", "3ms"], { cwd });
    expect([code, stderr]).toEqual([2, expect.stringContaining("IN and OUT are the same file")]);
    expect(filesIn(cwd)).toEqual(["a.trace", "out.002.pftrace"]);
    expect(readFileSync(join(cwd, "a.trace")).equals(many)).toBe(true);
  });
});

describe("nothing is left behind", () => {
  test.each(["SIGINT", "SIGTERM"] as const)("on %s", async (signal) => {
    const cwd = emptyFolder();
    const child = start(["-", "-o", "out.pftrace", "--split-time", "1ms"], cwd);
    child.stdin.write(many.subarray(0, many.length - 100));
    while (filesIn(cwd).length < 3) await new Promise((resolve) => setTimeout(resolve, 10));
    child.kill(signal);
    await once(child, "exit");
    expect(filesIn(cwd)).toEqual([]);
  });

  test.each([
    [
      "the folder is not there",
      ["-o", "no/out.pftrace", "--split-time", "1ms"],
      1,
      "cannot write no/out.001.pftrace",
    ],
    ["nothing is as asked for", ["--split-time", "1ms", "--from", "1h"], 1, "nothing is left from 1h0m0s on"],
  ])("if %s", (_why, options, exitCode, message) => {
    const cwd = emptyFolder();
    copyFileSync(HTTP, join(cwd, "a.trace"));
    const { code, stderr } = go2perfetto(["a.trace", "--detail", "lean", ...options], { cwd });
    expect([code, stderr]).toEqual([exitCode, expect.stringContaining(message)]);
    expect(filesIn(cwd)).toEqual(["a.trace"]);
  });
});

describe("wrong usage", () => {
  test.each([
    [["--split-size", "0"], "The smallest size of a part is 100kB."],
    [["--split-size", "5MiBs"], "Sizes are numbers with units"],
    [["--split-size", "-5MB"], "Sizes are numbers with units"],
    [["--split-size", "1MB", "--split-size", "2MB"], "It is given twice."],
    [["--split-time", "0s"], "A part must be longer than zero."],
    [["--split-time", "5"], "no unit at its end"],
    [["--split", "always"], "Allowed choices are auto."],
    [["--split", "auto", "-o", "-"], "cannot split to standard output"],
    [["--split", "auto", "-o", "/dev/stdout"], "cannot split to /dev/stdout"],
  ])("is exit code 2 and one message: %j", (options, message) => {
    const cwd = emptyFolder();
    copyFileSync(MANY, join(cwd, "a.trace"));
    const { code, stderr, stdout } = go2perfetto(["a.trace", ...options], { cwd });
    expect([code, stderr, stdout.length]).toEqual([2, expect.stringContaining(message), 0]);
    expect(filesIn(cwd)).toEqual(["a.trace"]);
  });
});
