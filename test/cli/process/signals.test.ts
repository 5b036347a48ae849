// @module-tag long
import { once } from "node:events";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";
import { beforeAll, describe, expect, test } from "vitest";
import { manyTurns, manyTurnsV1 } from "../../support/large-traces.js";
import { emptyFolder, filesIn, go2perfetto, start } from "../command.js";

const CODES = { SIGINT: 130, SIGTERM: 143, SIGHUP: 129 } as const;
type Signal = keyof typeof CODES;

/** Milliseconds within which a signal ends a command. */
const PROMPT = 1000;
/** And as many starts of the program, since a machine that does much else takes longer for both. */
const STARTS = 10;
/** Milliseconds after a command has begun to work at which it is stopped. */
const MOMENTS = [0, 300];
/** Milliseconds after which a command reads that creates no file before it has read. */
const BEGUN = 200;
/** Milliseconds between two looks for the file that a command writes. */
const LOOK = 5;
/** Turns in a trace that takes a second or more with every command. */
const TURNS = 4_000_000;

let folder: string;

beforeAll(() => {
  folder = emptyFolder();
  writeFileSync(join(folder, "v2.trace"), manyTurns(TURNS));
  writeFileSync(join(folder, "v1.trace"), manyTurnsV1(TURNS));
});

const COMMANDS: readonly (readonly string[])[] = [
  ["IN", "-o", "out.pftrace", "--detail", "full"],
  ["IN", "-o", "out.pftrace", "--detail", "lean"],
  ["IN", "-o", "out.json", "--detail", "full"],
  ["IN", "-o", "out.pftrace.gz"],
  ["IN", "-o", "out.pftrace", "--split-size", "5MB"],
  ["IN", "-o", "out.pftrace", "--from", "1ms"],
  ["IN", "-o", "out.pftrace", "--goroutine", "5", "--related"],
  ["stats", "IN"],
  ["pprof", "--all", "-o", "out", "IN"],
  ["otlp", "IN", "-o", "out.jsonl"],
  ["dump", "IN", "-o", "out.txt"],
  ["dump", "--wire", "IN", "-o", "out.txt"],
  ["info", "IN"],
  ["explain", "IN"],
  ["batch", "IN", "--out-dir", "out"],
];

/** Commands that write no file. */
const ONLY_PRINTING: ReadonlySet<string> = new Set(["stats", "info", "explain"]);

/** Waits until a command works: until it has created a file, or is known to read. */
async function begun(cwd: string): Promise<void> {
  for (let waited = 0; waited < BEGUN && filesIn(cwd).length === 0; waited += LOOK) await setTimeout(LOOK);
}

/** Runs a command until it is told to stop. @returns how it ended, and milliseconds from the signal until then */
async function stopped(
  args: readonly string[],
  cwd: string,
  signal: Signal,
  moment: number,
): Promise<{ code: number | NodeJS.Signals | null; took: number }> {
  const child = start(args, cwd);
  child.stdin.end();
  child.stdout.resume();
  child.stderr.resume();
  const exit = once(child, "exit") as Promise<[number | null, NodeJS.Signals | null]>;
  await begun(cwd);
  await setTimeout(moment);
  const told = performance.now();
  child.kill(signal);
  const [code, by] = await exit;
  return { code: code ?? by, took: performance.now() - told };
}

/** A folder with what a command writes that nobody stops. */
function finished(args: readonly string[]): string {
  const folder = emptyFolder();
  go2perfetto(args, { cwd: folder });
  return folder;
}

/** What has its name is whole. */
function expectWhole(file: string, args: readonly string[], cwd: string): void {
  const whole = finished(args);
  expect(filesIn(whole)).toContain(file);
  expect(readFileSync(join(cwd, file)).equals(readFileSync(join(whole, file)))).toBe(true);
}

/** A signal may come in the instant in which the work is done: then nothing is missing. */
function expectDone(args: readonly string[], cwd: string): void {
  expect(filesIn(cwd)).toEqual(filesIn(finished(args)));
}

describe.each(["v2.trace", "v1.trace"])("a signal within the work on %s", (name) => {
  const signals = Object.keys(CODES) as Signal[];
  // The one format is stopped early with every other command, and late with the rest; the other the other way round.
  const turn = name.startsWith("v2") ? 0 : 1;
  const cases = COMMANDS.map(
    (command, i) =>
      [command.join(" "), command, signals[i % 3] as Signal, MOMENTS[(i + turn) % 2] as number] as const,
  );

  test.each(cases)("ends at once: %s", async (_words, command, signal, moment) => {
    const before = performance.now();
    go2perfetto(["--version"]);
    const prompt = PROMPT + STARTS * (performance.now() - before);
    const cwd = emptyFolder();
    const args = command.map((word) => (word === "IN" ? join(folder, name) : word));
    const end = await stopped(args, cwd, signal, moment);
    if (end.code === 0) return expectDone(args, cwd);
    // Before the program has begun, and where there is nothing to clean up, the system ends it: at once, within any
    // computation. A shell tells that by the same code.
    expect(ONLY_PRINTING.has(command[0] ?? "") ? [signal] : [CODES[signal], signal]).toContain(end.code);
    expect(end.took).toBeLessThan(prompt);
    for (const file of filesIn(cwd).filter((file) => file !== "out")) expectWhole(file, args, cwd);
  });
});
