// @module-tag long
import { existsSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { goProgram, LINES } from "../../support/go-program.js";
import { V1TraceBuilder } from "../../support/trace-v1-builder.js";
import { emptyFolder, fixture, go2perfetto } from "../command.js";

const program = goProgram("--binary for traces without names");
const WITH_NAMES = fixture("sync-go1.26.trace");

/** A trace as Go 1.5 writes it: a goroutine that starts another, which waits in a function that it calls. */
function traceWithoutNames(start: bigint, call: bigint): string {
  const path = join(emptyFolder(), "old.trace");
  const trace = new V1TraceBuilder(5);
  trace.add(
    trace.batch(0, 1, 1000),
    trace.event("GoCreate", 0, 0, 1, 0, 0),
    trace.event("ProcStart", 1, 10, 7),
    trace.event("GoStart", 1, 10, 1),
    trace.event("Gomaxprocs", 1, 10, 1, 0),
    trace.event("GoCreate", 1, 10, 2, start, 0),
    trace.event("GoBlockRecv", 1, 10, 0),
    trace.event("GoStart", 1, 10, 2),
    trace.event("GoBlockSelect", 1, 10, 1),
    trace.stack(1, [[call, 0, 0, 0]]),
    trace.frequency(1e9),
  );
  writeFileSync(path, trace.bytes());
  return path;
}

const dump = (...args: string[]) => {
  const { stdout, stderr, code } = go2perfetto(["dump", ...args]);
  return { code, stderr, lines: stdout.toString().split("\n") };
};

describe.skipIf(program === undefined)("--binary", () => {
  const { path = "", source = "", entry, returnAddress } = program ?? {};
  const start = entry?.("main.worker") ?? 1n;
  const call = returnAddress?.("main.worker", "main.inner") ?? 1n;
  const trace = traceWithoutNames(start, call);

  test("gives names to a trace that has none", () => {
    const { code, stderr, lines } = dump("--binary", path, trace);
    expect([code, stderr]).toEqual([0, ""]);
    const created = lines.find((line) => line.includes("GoCreate goroutine=2"));
    expect(created).toContain(`new_stack="main.worker (${source}:${LINES.worker})"`);
    const waits = lines.find((line) => line.includes("GoBlock goroutine=2"));
    expect(waits).toContain(`reason="select" stack="main.worker (${source}:${LINES.callOfInner})"`);
  });

  test("is not needed: without it addresses stand for names", () => {
    const { code, lines } = dump(trace);
    expect(code).toBe(0);
    expect(lines.find((line) => line.includes("GoBlock goroutine=2"))).toContain(`0x${call.toString(16)}`);
    const created = lines.find((line) => line.includes("GoCreate goroutine=2"));
    expect(created).toContain(`0x${(start + 1n).toString(16)}`);
  });

  test.each([
    "stats",
    "dump",
    "dump --wire",
    "info",
    "pprof wait -o -",
    "dump --goroutine main.worker",
    "dump --from 1ns",
  ])("is an option of every command: %s", (command) => {
    const [name = "", ...rest] = command.split(" ");
    const operands = name === "pprof" ? [...rest.slice(0, 1), trace, ...rest.slice(1)] : [...rest, trace];
    const { code, stderr } = go2perfetto([name, "--binary", path, ...operands]);
    expect([stderr, code]).toEqual(["", 0]);
  });

  test("names what is converted", () => {
    const out = join(emptyFolder(), "out.pftrace");
    const { code, stderr } = go2perfetto(["--binary", path, trace, "-o", out, "-q"]);
    expect([code, stderr, existsSync(out)]).toEqual([0, "", true]);
    expect(go2perfetto(["stats", "--binary", path, trace]).stdout.toString()).toMatch(/^main\.worker +1 /m);
  });

  test("that is no program is an error, and no file is written", () => {
    const out = join(emptyFolder(), "out.pftrace");
    const { code, stderr } = go2perfetto(["--binary", source, trace, "-o", out]);
    expect([code, stderr]).toEqual([
      1,
      `error: go tool addr2line cannot read symbols from ${source}: unrecognized object file\n  --binary must be the executable that wrote the trace.\n`,
    ]);
    expect(existsSync(out)).toBe(false);
  });
});

test("--binary of a trace that has names is noted, not read", () => {
  const { code, stderr } = go2perfetto(["info", "--binary", "/no/such/program", WITH_NAMES]);
  expect([code, stderr]).toEqual([
    0,
    `--binary /no/such/program is not needed: ${WITH_NAMES} has the names of its functions\n`,
  ]);
  expect(go2perfetto(["info", "-q", "--binary", "/no/such/program", WITH_NAMES]).stderr).toBe("");
});
