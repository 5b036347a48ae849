// @module-tag long
import { spawnSync } from "node:child_process";
import { once } from "node:events";
import {
  copyFileSync,
  createReadStream,
  lstatSync,
  mkdirSync,
  readFileSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { optionalPart } from "../../support/optional.js";
import { emptyFolder, filesIn, fixture, go2perfetto, resultOf, running, shell, start } from "../command.js";

const SMALL = fixture("hello-go1.26.trace");
const LARGE = fixture("http.trace");
const START = ["--start-time", "2026-01-01T00:00:00Z"];
const EVERY_OUTPUT: readonly (readonly string[])[] = [
  ["in.trace", "-o", "out.pftrace"],
  ["in.trace", "-o", "out.json.gz", "--format", "json"],
  ["in.trace", "-o", "out.pftrace", "--split-time", "100us"],
  ["dump", "in.trace", "-o", "out.txt"],
  ["pprof", "sched", "in.trace", "-o", "out.pb.gz"],
  ["pprof", "--all", "in.trace", "-o", "profiles"],
  ["otlp", "in.trace", "-o", "out.jsonl", ...START],
  ["check", "in.trace", "--assert", "sched.p99 < 1h", "--junit", "out.xml"],
  ["batch", "in.trace", "--out-dir", "results", "-q"],
];
const BEFORE = "before";
/** Blocks of a file that may be no larger: of 1,024 bytes, of which the record of a batch needs one. */
const NONE = "ulimit -f 0";
const NO_SPACE =
  /^error: (\S+: )?cannot write .+: (no space left on device|file too large|read-only file system)/m;

function folderWith(trace: string): string {
  const folder = emptyFolder();
  copyFileSync(trace, join(folder, "in.trace"));
  return folder;
}

/** Files in a folder and those below it. */
const filesBelow = (folder: string) =>
  spawnSync("find", [".", "-type", "f"], { cwd: folder }).stdout.toString().trim().split("\n").sort();

describe("no room for a file", () => {
  test.each(EVERY_OUTPUT)("is one clear error, and what was there stays: %s %s %s %s %s", (...words) => {
    const args = words.filter((word) => word !== undefined);
    const cwd = folderWith(SMALL);
    const out = args[args.indexOf("-o") + 1] ?? "";
    const keeps = args.includes("-o") && out.includes(".") && !args.includes("--split-time");
    if (keeps) writeFileSync(join(cwd, out), BEFORE);
    const { code, stderr } = shell(`${NONE}; go2perfetto ${args.map((arg) => `'${arg}'`).join(" ")}`, cwd);
    expect([code, stderr]).toEqual([1, expect.stringMatching(NO_SPACE)]);
    expect(stderr).not.toMatch(/bug worth reporting|^\s+at /m);
    if (keeps) expect(readFileSync(join(cwd, out), "utf8")).toBe(BEFORE);
    expect(filesBelow(cwd)).toEqual(["./in.trace", ...(keeps ? [`./${out}`] : [])].sort());
  });
});

const haveFull = process.platform === "linux";

describe.runIf(haveFull)("a device that is full", () => {
  test.each([
    "in.trace -o /dev/full --format pftrace",
    "pprof sched in.trace -o /dev/full",
    "otlp in.trace -o /dev/full",
    "dump in.trace > /dev/full",
    "stats in.trace > /dev/full",
    "diff in.trace in.trace > /dev/full",
    "in.trace -o - > /dev/full",
    "check in.trace --assert 'sched.p99 < 1h' --junit - > /dev/full",
  ])("is one clear error: %s", (line) => {
    const cwd = folderWith(SMALL);
    const { code, stderr } = shell(`go2perfetto ${line}`, cwd);
    expect([code, stderr]).toEqual([1, expect.stringMatching(NO_SPACE)]);
    expect(filesIn(cwd)).toEqual(["in.trace"]);
    expect(lstatSync("/dev/full").isCharacterDevice()).toBe(true);
  });
});

const mount = emptyFolder();
const mounted = () => spawnSync("mount", ["-t", "tmpfs", "-o", "size=256k", "none", mount]);
const unmounted = () => spawnSync("umount", ["-l", mount]);
const haveMounts = optionalPart("outputs on a disk that is full or read-only", () => {
  const { status, stderr } = mounted();
  unmounted();
  return status === 0 ? undefined : `no disk can be mounted: ${stderr ?? "there is no mount"}`;
});

describe.runIf(haveMounts)("a disk of 256 KB", () => {
  beforeAll(() => {
    expect(mounted().status).toBe(0);
    writeFileSync(join(mount, "out.pftrace"), BEFORE);
  });
  afterAll(() => void unmounted());

  test.each([
    ["-o", "out.pftrace"],
    ["-o", "out.pftrace", "--split-time", "100ms"],
  ])("that is full in the middle keeps what it had: %s %s %s %s", (...options) => {
    const { code, stderr } = go2perfetto([LARGE, ...options], { cwd: mount });
    expect([code, stderr]).toEqual([1, expect.stringMatching(NO_SPACE)]);
    expect([filesIn(mount), readFileSync(join(mount, "out.pftrace"), "utf8")]).toEqual([
      ["out.pftrace"],
      BEFORE,
    ]);
  });

  test("that is read-only is an error", () => {
    expect(spawnSync("mount", ["-o", "remount,ro", mount]).status).toBe(0);
    const { code, stderr } = go2perfetto([SMALL, "-o", "out.pftrace"], { cwd: mount });
    expect([code, stderr]).toEqual([1, expect.stringMatching(NO_SPACE)]);
    expect(readFileSync(join(mount, "out.pftrace"), "utf8")).toBe(BEFORE);
  });
});

describe("OUT", () => {
  test("that is a folder is refused, and stays", () => {
    const cwd = folderWith(SMALL);
    mkdirSync(join(cwd, "out.pftrace"));
    for (const args of [
      ["in.trace"],
      ["dump", "in.trace"],
      ["pprof", "sched", "in.trace"],
      ["otlp", "in.trace"],
    ]) {
      const { code, stderr } = go2perfetto([...args, "-o", "out.pftrace"], { cwd });
      expect([args, code, stderr]).toEqual([
        args,
        1,
        expect.stringContaining("out.pftrace: it is a directory"),
      ]);
    }
    expect(filesIn(cwd)).toEqual(["in.trace", "out.pftrace"]);
  });

  test("that is a pipe with a name gets all, however slowly it is read, and stays one", async () => {
    const cwd = folderWith(LARGE);
    expect(spawnSync("mkfifo", [join(cwd, "out.pftrace")]).status).toBe(0);
    const result = running(["in.trace", "-o", "out.pftrace"], cwd);
    const chunks: Buffer[] = [];
    for await (const chunk of createReadStream(join(cwd, "out.pftrace"))) {
      chunks.push(chunk);
      if (chunks.length < 5) await sleep(100);
    }
    expect((await result).code).toBe(0);
    expect(Buffer.concat(chunks).equals(go2perfetto(["in.trace", "-o", "-"], { cwd }).stdout)).toBe(true);
    expect([lstatSync(join(cwd, "out.pftrace")).isFIFO(), filesIn(cwd)]).toEqual([
      true,
      ["in.trace", "out.pftrace"],
    ]);
  });

  test("of two processes at the same time is one of theirs, and nothing is left", async () => {
    const cwd = folderWith(LARGE);
    copyFileSync(SMALL, join(cwd, "small.trace"));
    const results = await Promise.all(
      ["in.trace", "small.trace", "in.trace"].map((name) => running([name, "-o", "out.pftrace", "-q"], cwd)),
    );
    expect(results.map(({ code }) => code)).toEqual([0, 0, 0]);
    expect(filesIn(cwd)).toEqual(["in.trace", "out.pftrace", "small.trace"]);
    const written = readFileSync(join(cwd, "out.pftrace"));
    const whole = ["in.trace", "small.trace"].map((name) => go2perfetto([name, "-o", "-"], { cwd }).stdout);
    expect(whole.some((bytes) => bytes.equals(written))).toBe(true);
  });
});

describe("an input that changes while it is read", () => {
  /** Converts a trace whose output stands still in the middle, until something has been done to it. */
  async function changing(change: (path: string) => void) {
    const cwd = folderWith(LARGE);
    const child = start(["in.trace", "-o", "-", "--format", "json", "--detail", "full"], cwd);
    await once(child.stdout, "readable");
    change(join(cwd, "in.trace"));
    return resultOf(child);
  }

  test.each([0, 300_000])("to %d bytes gives what there was, and says so", async (length) => {
    const { code, stdout, stderr } = await changing((path) => truncateSync(path, length));
    expect([code, stderr]).toEqual([3, expect.stringContaining("the file became shorter meanwhile")]);
    expect(stderr).toContain("Read it again when no other program is writing it.");
    expect(JSON.parse(stdout.toString()).traceEvents.length).toBeGreaterThan(1000);
  });
});

describe("a pipe that nobody reads to its end", () => {
  const PIPE_STATUS = "$" + "{PIPESTATUS[0]}";

  test.each([
    "info in.trace",
    "stats in.trace",
    "stats --json in.trace",
    "stats --markdown in.trace",
    "diff in.trace in.trace",
    "dump in.trace",
    "dump --wire in.trace",
    "pprof sched in.trace -o -",
    "otlp in.trace -o - --start-time 2026-01-01T00:00:00Z",
    "in.trace -o - --format json",
    "check in.trace --assert 'sched.p99 < 1h' --junit -",
    "batch in.trace --out-dir results --report -",
  ])("is no error, of no command: %s", (line) => {
    const cwd = folderWith(SMALL);
    const { stdout, stderr } = shell(
      `go2perfetto ${line} | head -c 1 >/dev/null; echo "code ${PIPE_STATUS}"`,
      cwd,
    );
    expect([stdout.toString(), stderr]).toEqual(["code 0\n", expect.not.stringMatching(/error|^\s+at /m)]);
  });
});
