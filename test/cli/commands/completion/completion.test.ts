import { describe, expect, test } from "vitest";
import { candidatesFor } from "../../../../src/cli/commands/completion/candidates.js";
import { commandLine } from "../../../../src/cli/program.js";
import { go2perfetto } from "../../command.js";

/** The words that the last of some words may become, and whether names of files are among them. */
function candidates(...words: string[]): string[] {
  return candidatesFor(commandLine(), words).map((line) => line.replace(/\t.*/, ""));
}

describe("completion", () => {
  test.each([
    [["pp"], ["pprof", ":files"]],
    [["help", "di"], ["diff"]],
    [
      ["-q", "che"],
      ["check", ":files"],
    ],
    [["stats", "--mark"], ["--markdown"]],
    [["trace.out", "--split-t"], ["--split-time"]],
    [
      ["pprof", "sy"],
      ["sync", "syscall"],
    ],
    [["pprof", "sync", ""], [":files"]],
    [["otlp", "--protocol", "http/p"], ["http/protobuf"]],
    [["otlp", "--protocol=http/p"], ["--protocol=http/protobuf"]],
    [["batch", "--also", "stats,p"], ["stats,pprof"]],
    [["convert", "--tracks=procs,de"], ["--tracks=procs,default"]],
    [["check", "--assert", "gc.stw.p999"], ["gc.stw.p999"]],
    [["convert", "-o", ""], [":files"]],
    [["stats", "--top", ""], []],
    [["diff", "a", "b", ""], []],
    [["completion", "p"], ["powershell"]],
    [
      ["completion", '""'],
      ["bash", "zsh", "fish", "powershell"],
    ],
  ])("of %j gives %j", (words, expected) => {
    expect(candidates(...words)).toEqual(expected);
  });

  test("says what options and commands mean", () => {
    const { stdout } = go2perfetto(["completion", "fish", "--", "stats", "--str"]);
    expect(stdout.toString()).toMatch(/^--strict\ttreat any loss as an error/);
  });

  test("of a shell that it does not know is wrong usage", () => {
    const { code, stderr } = go2perfetto(["completion", "tcsh"]);
    expect(code).toBe(2);
    expect(stderr).toContain("Allowed choices are bash, zsh, fish, powershell.");
  });
});
