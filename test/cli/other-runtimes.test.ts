// @module-tag long

import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import { describe, expect, test } from "vitest";
import { otherRuntime } from "../support/other-runtime.js";
import { emptyFolder, fixture, go2perfetto, main } from "./command.js";

const TRACE = fixture("annotations-go1.26.trace");

const RUNTIMES = [
  { name: "Bun", args: [], ...(await otherRuntime("bun", "1.4.5", "Bun")) },
  { name: "Deno", args: ["run", "-A"], ...(await otherRuntime("deno", "2.9.6", "Deno")) },
].filter(({ available }) => available);

describe.each(RUNTIMES)("$name gives what Node gives", ({ args, executable }) => {
  const cwd = emptyFolder();
  const run = (given: readonly string[], input?: Uint8Array) => {
    const options = {
      cwd,
      maxBuffer: 1 << 28,
      env: { ...process.env, NO_COLOR: "1" },
      ...(input && { input }),
    };
    const { status, stdout, stderr } = spawnSync(executable, [...args, main, ...given], options);
    return { code: status, stdout, stderr: stderr.toString() };
  };

  test.each([
    ["--version"],
    ["stats", "--json", TRACE],
    ["explain", TRACE],
    ["check", TRACE, "--assert", "stw.max < 1h"],
    ["dump", TRACE],
    [TRACE, "-o", "-", "--format", "json"],
    ["stats", fixture("annotations-go1.21.trace")],
    ["stats", fixture("missing.trace")],
  ])("%s %s %s", (...given) => {
    const expected = go2perfetto(given, { cwd });
    expect(run(given)).toEqual(expected);
    expect(expected.stdout.length + expected.stderr.length).toBeGreaterThan(5);
  });

  test("of standard input, and in a file", () => {
    const input = readFileSync(TRACE);
    const { code, stdout } = go2perfetto(["-", "-o", "-"], { cwd, input });
    expect([code, stdout.length > 1000]).toEqual([0, true]);
    expect(run(["-", "-o", "-"], input).stdout.equals(stdout)).toBe(true);
    expect(run(["-", "-o", "out.pftrace"], input).code).toBe(0);
    expect(readFileSync(join(cwd, "out.pftrace")).equals(stdout)).toBe(true);
  });

  test("in a compressed file", () => {
    const unpacked = ({ stdout }: { stdout: Buffer }) => gunzipSync(stdout);
    const given = ["pprof", "sync", TRACE, "-o", "-"];
    expect(unpacked(run(given)).equals(unpacked(go2perfetto(given, { cwd })))).toBe(true);
  });

  test("in the threads of batch", () => {
    const { code } = run(["batch", TRACE, fixture("sync-go1.26.trace"), "--out-dir", "many", "--jobs", "2"]);
    expect(code).toBe(0);
    for (const name of ["annotations-go1.26", "sync-go1.26"]) {
      expect(go2perfetto([fixture(`${name}.trace`), "-o", "one.pftrace"], { cwd }).code).toBe(0);
      const of = (file: string) => readFileSync(join(cwd, file));
      expect(of(`many/${name}.pftrace`).equals(of("one.pftrace"))).toBe(true);
    }
  });
});
