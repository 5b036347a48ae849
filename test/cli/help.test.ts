import { copyFileSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { describe, expect, test } from "vitest";
import { emptyFolder, fixture, go2perfetto, shell } from "./command.js";

const TRACE = fixture("sync-go1.26.trace");
const COMMANDS = [
  "convert",
  "open",
  "capture",
  "pprof",
  "explain",
  "otlp",
  "info",
  "dump",
  "check",
  "diff",
  "batch",
  "trim",
];

const helpOf = (...args: readonly string[]) => go2perfetto([...args, "--help"]).stdout.toString();

/** The command lines below "Examples:", without what is said of them. */
function examples(help: string): string[] {
  const [, after = ""] = help.split("Examples:\n");
  const lines = after.split("\n\n")[0]?.split("\n") ?? [];
  return lines.map((line) => line.trim().replace(/ {3,}.*/, ""));
}

/** A trace under the names that the examples use. */
function exampleFolder(): string {
  const folder = emptyFolder();
  copyFileSync(TRACE, join(folder, "trace.out"));
  for (const name of ["before.out", "after.out", "old.trace", "killed.trace"])
    copyFileSync(TRACE, join(folder, name));
  mkdirSync(join(folder, "traces"));
  copyFileSync(TRACE, join(folder, "traces/some.out"));
  writeFileSync(join(folder, "trace.out.gz"), gzipSync(readFileSync(TRACE)));
  return folder;
}

/** Whether an example needs a server or a browser; tests of their own run those. */
function needsAnother(line: string): boolean {
  if (/^curl|localhost|https|^go2perfetto (open|page)/.test(line)) return true;
  return line.startsWith("go2perfetto otlp") && !/--dry-run| -o /.test(line);
}

describe("--help", () => {
  test.each([[], ...COMMANDS.map((command) => [command])])(
    "has examples that work: %s",
    { tags: ["long"] },
    (...command) => {
      const lines = examples(helpOf(...command));
      expect(lines.length).toBeGreaterThan(2);
      for (const line of lines.filter((each) => !needsAnother(each))) {
        expect(line).toMatch(/^(find .* \| )?go2perfetto /);
        const { code, stderr } = shell(line, exampleFolder());
        expect([line, code, stderr]).toEqual([line, 0, expect.not.stringContaining("error")]);
      }
    },
  );

  test.each([[], ["page"], ...COMMANDS.map((command) => [command])])(
    "names every exit code: %s",
    (...command) => {
      const help = helpOf(...command);
      for (const code of ["0", "1", "2", "3", "4", "130", "143"]) {
        expect(help).toMatch(new RegExp(`^ +[\\d, ]*\\b${code}\\b.*`, "m"));
      }
    },
  );

  test("is hinted at when the usage is wrong", () => {
    const options: Readonly<Record<string, string>> = { check: "--assert <EXPR...>", batch: "--out-dir <D>" };
    for (const command of COMMANDS) {
      const { code, stderr } = go2perfetto([command]);
      const argument = { capture: "URL", pprof: "KIND", diff: "A" }[command] ?? "IN";
      const option = options[command];
      const missing =
        option === undefined
          ? `missing required argument '${argument}'`
          : `required option '${option}' not specified`;
      expect([code, stderr]).toEqual([2, `error: ${missing}\nRun \`go2perfetto help ${command}\`.\n`]);
    }
  });
});

test("help of what is no command says so", () => {
  expect(go2perfetto(["help", "convrt"])).toMatchObject({
    code: 2,
    stderr: "error: unknown command 'convrt'\n  Run `go2perfetto --help` for the commands.\n",
  });
});

describe("-v", () => {
  test("prints the stack trace of a failure, and of its cause", () => {
    const args = ["info", "no-such-file"];
    expect(go2perfetto(args).stderr).not.toMatch(/^ +at /m);
    const { code, stderr } = go2perfetto([...args, "-v"]);
    expect(code).toBe(1);
    expect(stderr).toMatch(/^error: cannot read no-such-file: no such file or directory$/m);
    expect(stderr).toMatch(/Failure: cannot read[\s\S]*^ +at .*openSource[\s\S]*ENOENT/m);
  });

  test("prints the stack trace of what was lost, with all that is known", { tags: ["long"] }, () => {
    const input = readFileSync(TRACE).subarray(0, -1);
    expect(go2perfetto(["info", "-"], { input }).stderr).not.toContain("TraceError");
    const { code, stderr } = go2perfetto(["info", "-", "--verbose"], { input });
    expect(code).toBe(3);
    expect(stderr).toMatch(/TraceError: the input ends[\s\S]*^ +at [\s\S]*code: 'incomplete-generation'/m);
  });

  test("prints it also of a failure that --strict makes", { tags: ["long"] }, () => {
    const input = readFileSync(TRACE).subarray(0, -1);
    const { code, stderr } = go2perfetto(["info", "-v", "--strict", "-"], { input });
    expect([code, stderr]).toEqual([1, expect.stringContaining("TraceError: the input ends")]);
  });
});
