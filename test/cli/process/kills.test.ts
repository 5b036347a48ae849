// @module-tag long
import { once } from "node:events";
import { mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { expect, test } from "vitest";
import { emptyFolder, fixture, go2perfetto, start } from "../command.js";

const TRACE = readFileSync(fixture("sync-go1.26.trace"));
const KILLS = 45;
const SEED = 20_261_129;
const SIGNALS = ["SIGKILL", "SIGTERM", "SIGINT"] as const;
const CODES = { SIGKILL: [null, 0], SIGTERM: [null, 0, 143], SIGINT: [null, 0, 130] } as const;
const TEMPORARY = /\.[\da-f]{12}\.tmp$/;
const BEFORE = "before";

/** What is run, in a folder that has the trace as `in.trace` and twice in `in`. */
const COMMANDS: readonly (readonly string[])[] = [
  ["in.trace", "-o", "out/o.pftrace", "--detail", "full"],
  ["in.trace", "-o", "out/o.json", "--split-time", "3ms"],
  ["batch", "in", "--out-dir", "out", "--also", "pprof,stats", "--jobs", "2"],
  ["pprof", "--all", "in.trace", "-o", "out"],
  ["trim", "in.trace", "-o", "out/o.trace"],
  ["otlp", "in.trace", "-o", "out/o.jsonl.gz", "--start-time", "2026-01-01T00:00:00Z"],
];

/** What a command gives when nothing stops it. */
interface Whole {
  /** Milliseconds. */
  readonly time: number;
  readonly files: ReadonlyMap<string, Buffer>;
}

function folderWithTraces(): string {
  const cwd = emptyFolder();
  for (const folder of ["in", "out"]) mkdirSync(join(cwd, folder));
  for (const name of ["in.trace", "in/a.trace", "in/b.trace"]) writeFileSync(join(cwd, name), TRACE);
  return cwd;
}

/** All files of an output by their paths, without the records that a batch keeps for itself. */
function outputs(cwd: string): Map<string, Buffer> {
  const out = join(cwd, "out");
  const names = readdirSync(out, { recursive: true, encoding: "utf8" }).sort();
  const files = names.filter((name) => statSync(join(out, name)).isFile() && !/^\.|report/.test(name));
  return new Map(files.map((name) => [name, readFileSync(join(out, name))]));
}

function wholeOf(args: readonly string[]): Whole {
  const cwd = folderWithTraces();
  const since = performance.now();
  const { code, stderr } = go2perfetto(args, { cwd });
  expect([args, code, stderr]).toEqual([args, 0, expect.anything()]);
  return { time: performance.now() - since, files: outputs(cwd) };
}

/** Numbers from 0 to 1 that are the same each time. */
function* random(seed: number): Generator<number, never, undefined> {
  for (let state = seed; ; ) {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    yield state / 2 ** 32;
  }
}

const isWhole = (args: readonly string[]) => args[0] !== "batch";

test("kills at any moment leave no output half-written, nothing else but after SIGKILL, and --resume goes on", {
  timeout: 900_000,
}, async () => {
  const wholes = COMMANDS.map(wholeOf);
  const moments = random(SEED);
  const ends = { whole: 0, none: 0 };
  for (let i = 0; i < KILLS; i++) {
    const args = COMMANDS[i % COMMANDS.length] ?? [];
    const { time, files } = wholes[i % COMMANDS.length] as Whole;
    const signal = SIGNALS[i % SIGNALS.length] ?? "SIGKILL";
    const cwd = folderWithTraces();
    // Half of the time there is something that the output replaces.
    const replaces = i % 2 === 0 && isWhole(args);
    if (replaces) for (const name of files.keys()) writeFileSync(join(cwd, "out", name), BEFORE);
    const child = start(args, cwd);
    child.stdin.end();
    child.stdout.resume();
    child.stderr.resume();
    const exit = once(child, "exit");
    await Promise.race([sleep(moments.next().value * time * 1.05), exit]);
    child.kill(signal);
    const [code] = await exit;
    const what = `kill ${i}: ${signal} ${args.join(" ")}`;
    expect([what, CODES[signal]]).toEqual([what, expect.arrayContaining([code])]);
    const found = outputs(cwd);
    const temporary = [...found.keys()].filter((name) => TEMPORARY.test(name));
    if (signal !== "SIGKILL") expect([what, temporary]).toEqual([what, []]);
    for (const name of temporary)
      expect([what, files.has(name.replace(TEMPORARY, ""))]).toEqual([what, true]);
    const complete = [...found].filter(
      ([name, bytes]) => !TEMPORARY.test(name) && bytes.toString() !== BEFORE,
    );
    for (const [name, bytes] of complete) {
      expect([what, name, files.get(name)?.equals(bytes)]).toEqual([what, name, true]);
    }
    // Several files of one command are all there or none is, as far as a process can see to that.
    if (signal !== "SIGKILL" && isWhole(args)) expect([0, files.size]).toContain(complete.length);
    if (complete.length === files.size) ends.whole++;
    if (complete.length === 0) ends.none++;
    if (isWhole(args)) continue;
    const { code: resumed } = go2perfetto([...args, "--resume"], { cwd });
    const again = [...outputs(cwd)].filter(([name]) => !TEMPORARY.test(name));
    expect([what, resumed, again.map(([name]) => name)]).toEqual([what, 0, [...files.keys()]]);
    for (const [name, bytes] of again)
      expect([what, name, files.get(name)?.equals(bytes)]).toEqual([what, name, true]);
  }
  // Moments that all come before or after the work would show nothing.
  expect(ends.none).toBeGreaterThan(0);
  expect(ends.whole).toBeLessThan(KILLS);
});

test("what SIGKILL leaves is named by the next run, and stays", async () => {
  const cwd = emptyFolder();
  const child = start(["-", "-o", "out.pftrace"], cwd);
  child.stdin.write(TRACE.subarray(0, 30_000));
  while (readdirSync(cwd).length === 0) await sleep(10);
  child.kill("SIGKILL");
  await once(child, "exit");
  const [left = ""] = readdirSync(cwd);
  expect(left).toMatch(/^out\.pftrace\.[\da-f]{12}\.tmp$/);
  const { code, stderr } = go2perfetto([fixture("sync-go1.26.trace"), "-o", "out.pftrace"], { cwd });
  expect([code, readdirSync(cwd).sort()]).toEqual([0, ["out.pftrace", left]]);
  expect(stderr).toContain(`${left} is incomplete: a run was killed`);
});
