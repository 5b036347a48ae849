import { once } from "node:events";
import {
  chmodSync,
  copyFileSync,
  linkSync,
  lstatSync,
  mkdirSync,
  readFileSync,
  readlinkSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { emptyFolder, filesIn, fixture, go2perfetto, shell, start } from "../command.js";

const TRACE = fixture("hello-go1.26.trace");
const trace = readFileSync(TRACE);

/** A folder that holds a trace under the given name. */
function folderWith(name: string): string {
  const folder = emptyFolder();
  copyFileSync(TRACE, join(folder, name));
  return folder;
}

/** The code of the first command of a pipeline. */
const PIPE_STATUS = "$" + "{PIPESTATUS[0]}";

const modeOf = (path: string) => (statSync(path).mode & 0o7777).toString(8);

test("OUT that ends in a slash is a folder, in which the file has the trace's name", () => {
  const cwd = folderWith("a.trace");
  mkdirSync(join(cwd, "out"));
  for (const command of [[], ["--format", "json"], ["dump"], ["pprof", "sched"], ["otlp"]]) {
    const { code, stderr } = go2perfetto([...command, "a.trace", "-o", "out/"], { cwd });
    expect([code, stderr]).toEqual([0, expect.not.stringContaining("error")]);
  }
  const names = ["a.json", "a.jsonl", "a.pftrace", "a.sched.pb.gz", "a.txt"];
  expect(filesIn(join(cwd, "out"))).toEqual(names);
  expect(go2perfetto(["a.trace", "-o", "none/"], { cwd }).stderr).toContain("Does the folder exist?");
});

describe("OUT that is IN", () => {
  test.each([
    ["convert", "a.pftrace"],
    ["convert", "./a.pftrace"],
    ["convert", "symbolic.pftrace"],
    ["convert", "hard.pftrace"],
    ["dump", "a.pftrace"],
    ["dump", "symbolic.pftrace"],
    ["dump", "hard.pftrace"],
    ["dump --wire", "hard.pftrace"],
  ])("is refused: %s a.pftrace -o %s", { tags: ["long"] }, (command, out) => {
    const cwd = folderWith("a.pftrace");
    symlinkSync("a.pftrace", join(cwd, "symbolic.pftrace"));
    linkSync(join(cwd, "a.pftrace"), join(cwd, "hard.pftrace"));
    const { code, stderr } = go2perfetto([...command.split(" "), "a.pftrace", "-o", out], { cwd });
    expect([code, stderr]).toEqual([2, "error: IN and OUT are the same file\n  Give another OUT.\n"]);
    expect(readFileSync(join(cwd, "a.pftrace")).equals(trace)).toBe(true);
    expect(filesIn(cwd)).toEqual(["a.pftrace", "hard.pftrace", "symbolic.pftrace"]);
  });

  test.each(["go2perfetto dump a.trace >> a.trace", "go2perfetto dump - -o a.trace < a.trace"])(
    "is refused: %s",
    (line) => {
      const cwd = folderWith("a.trace");
      const { code, stderr } = shell(line, cwd);
      expect([code, stderr]).toEqual([2, expect.stringContaining("IN and OUT are the same file")]);
      expect(readFileSync(join(cwd, "a.trace")).equals(trace)).toBe(true);
    },
  );

  test("is no matter where nothing is overwritten", () => {
    const { code, stderr } = go2perfetto(["/dev/null", "-o", "/dev/null"]);
    expect([code, stderr]).toEqual([1, expect.stringContaining("it is empty")]);
  });
});

describe("OUT", () => {
  test.each([
    "convert a.trace -o out.pftrace",
    "convert a.trace -o out.pftrace.gz",
    "dump a.trace -o out.txt",
  ])("keeps its permissions when it is replaced: %s", { tags: ["long"] }, (line) => {
    const cwd = folderWith("a.trace");
    const args = line.split(" ");
    const out = join(cwd, args.at(-1) as string);
    writeFileSync(out, "before");
    chmodSync(out, 0o640);
    expect(go2perfetto(args, { cwd }).code).toBe(0);
    expect(modeOf(out)).toBe("640");
    expect(readFileSync(out).length).toBeGreaterThan(1000);
  });

  test("has the usual permissions when it is new", () => {
    const cwd = folderWith("a.trace");
    expect(shell("umask 027; go2perfetto a.trace", cwd).code).toBe(0);
    expect(modeOf(join(cwd, "a.pftrace"))).toBe("640");
  });

  test("that may not be written is not replaced, but by root, whom no permission stops", {
    tags: ["long"],
  }, () => {
    const cwd = folderWith("a.trace");
    const out = join(cwd, "out.pftrace");
    writeFileSync(out, "before");
    chmodSync(out, 0o444);
    const { code, stderr } = go2perfetto(["a.trace", "-q", "-o", "out.pftrace"], { cwd });
    const isRoot = process.getuid?.() === 0;
    expect([code, stderr]).toEqual(
      isRoot ? [0, ""] : [1, "error: cannot write out.pftrace: permission denied\n"],
    );
    expect(readFileSync(out, "utf8") === "before").toBe(!isRoot);
    expect(modeOf(out)).toBe("444");
  });

  test.each([true, false])(
    "that is a link stays one, and what it leads to is written (there: %s)",
    (exists) => {
      const cwd = folderWith("a.trace");
      mkdirSync(join(cwd, "elsewhere"));
      if (exists) writeFileSync(join(cwd, "elsewhere/real"), "before");
      symlinkSync("real", join(cwd, "elsewhere/second.pftrace"));
      symlinkSync("elsewhere/second.pftrace", join(cwd, "out.pftrace"));
      expect(go2perfetto(["a.trace", "-o", "out.pftrace"], { cwd }).code).toBe(0);
      expect(lstatSync(join(cwd, "out.pftrace")).isSymbolicLink()).toBe(true);
      expect(readlinkSync(join(cwd, "elsewhere/second.pftrace"))).toBe("real");
      expect(readFileSync(join(cwd, "elsewhere/real")).length).toBeGreaterThan(1000);
      expect(filesIn(cwd)).toEqual(["a.trace", "elsewhere", "out.pftrace"]);
      expect(filesIn(join(cwd, "elsewhere"))).toEqual(["real", "second.pftrace"]);
    },
  );

  test("that is a link to itself is refused", () => {
    const cwd = folderWith("a.trace");
    symlinkSync("out.pftrace", join(cwd, "out.pftrace"));
    const { code, stderr } = go2perfetto(["a.trace", "-o", "out.pftrace"], { cwd });
    expect([code, stderr]).toEqual([1, expect.stringMatching(/^error: cannot write out\.pftrace: too many/)]);
  });

  test("in a folder that is not there is refused", () => {
    const { code, stderr } = go2perfetto([TRACE, "-o", "no/such/out.pftrace"], { cwd: emptyFolder() });
    expect([code, stderr]).toEqual([
      1,
      "error: cannot write no/such/out.pftrace: no such file or directory\n  Does the folder exist?\n",
    ]);
  });

  test.each([
    [["-", "-o", "no/out.pftrace"]],
    [["dump", "-", "-o", "no/out.txt"]],
    [["otlp", "-", "-o", "no/out.jsonl"]],
  ])("in no folder ends the command, also if IN goes on: %j", { tags: ["long"] }, async (args) => {
    const child = start(args, emptyFolder());
    child.stdin.write(trace);
    child.stderr.resume();
    expect(await once(child, "exit")).toEqual([1, null]);
    child.stdin.destroy();
  });

  test("that names standard output goes there, also if that is a file", () => {
    const cwd = folderWith("a.trace");
    expect(shell("go2perfetto dump a.trace -o /dev/stdout > out.txt", cwd).code).toBe(0);
    expect(readFileSync(join(cwd, "out.txt")).equals(go2perfetto(["dump", TRACE]).stdout)).toBe(true);
    expect(lstatSync("/dev/stdout").isSymbolicLink()).toBe(true);
  });
});

describe("a command that is told to stop", () => {
  const STOPPED = { SIGINT: 130, SIGTERM: 143, SIGHUP: 129 } as const;

  test.each([
    ["SIGINT", ["dump", "-", "-o", "out"]],
    ["SIGTERM", ["-", "-o", "out.pftrace.gz"]],
    ["SIGHUP", ["-", "-o", "out.pftrace"]],
  ] as const)("leaves nothing behind: %s %j", { tags: ["long"] }, async (signal, args) => {
    const cwd = emptyFolder();
    const child = start(args, cwd);
    child.stdin.write(trace);
    while (filesIn(cwd).length === 0) await new Promise((resolve) => setTimeout(resolve, 10));
    child.kill(signal);
    expect(await once(child, "exit")).toEqual([STOPPED[signal], null]);
    expect(filesIn(cwd)).toEqual([]);
  });
});

describe("a reader that goes away", () => {
  test.each([
    ["go2perfetto dump big.trace | head -c 100", 0],
    ["go2perfetto dump --wire big.trace | head -c 100", 0],
    ["go2perfetto big.trace -o - | head -c 100", 0],
    ["go2perfetto --help | true", 0],
    ["go2perfetto info no-such-file 2>&1 >/dev/null | true", 1],
    ["go2perfetto info cut.trace 2>&1 >/dev/null | true", 3],
  ])("is no error of its own: %s", { tags: ["long"] }, (line, code) => {
    const cwd = emptyFolder();
    copyFileSync(fixture("http.trace"), join(cwd, "big.trace"));
    writeFileSync(join(cwd, "cut.trace"), trace.subarray(0, -1));
    const { stderr, stdout } = shell(`${line}; code=${PIPE_STATUS}; echo; echo "code $code"`, cwd);
    expect([stderr, stdout.toString().trim().split("\n").at(-1)]).toEqual(["", `code ${code}`]);
  });
});
