// @module-tag long
// @module-tag slowest

import { spawn } from "node:child_process";
import { mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import type { ServerResponse } from "node:http";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { gunzipSync } from "node:zlib";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { byteSize } from "../../../../src/base/grouped.js";
import {
  DebugServer,
  haveDebugServer,
  removeDebugServers,
  TOOLCHAINS,
} from "../../../support/debug-server.js";
import { parsedEvents } from "../../../support/go-parsed.js";
import { goSourceWith, parsedByGo } from "../../../support/go-tool.js";
import { OddServer } from "../../../support/odd-server.js";
import { emptyFolder, filesIn, fixture, go2perfetto, main, resultOf, running, start } from "../../command.js";

const PART = "captures that are kept, of a real Go server";
const go = goSourceWith("src/internal/trace/tracev2/events.go", PART);
const haveServer = go !== undefined && haveDebugServer(PART);
const trace = readFileSync(fixture("hello-go1.26.trace"));
/** Milliseconds in which a signal ends a ring, and some for a machine with other work. */
const SOON = 1000 + 1500;

/** Whether Go's own reader takes a file. */
const eventsByGo = (path: string) => [...parsedEvents(parsedByGo(path, go?.root ?? ""))].length;

/** A command that is ended by a signal when a condition holds. */
async function ended(
  child: ReturnType<typeof start>,
  signal: NodeJS.Signals,
  condition: () => boolean,
): Promise<Awaited<ReturnType<typeof resultOf>> & { milliseconds: number }> {
  const result = resultOf(child);
  while (!condition() && child.exitCode === null) await sleep(20);
  const before = performance.now();
  child.kill(signal);
  return { ...(await result), milliseconds: performance.now() - before };
}

const traces = (folder: string) => filesIn(folder).filter((name) => /Z\.trace$/.test(name));

describe.runIf(haveServer)("a running program", () => {
  let server: DebugServer;
  let stem = "";

  beforeAll(async () => {
    server = await DebugServer.start(TOOLCHAINS[1]);
    stem = server.address.replace(":", "-");
  });

  afterAll(async () => {
    await server.stop();
    removeDebugServers();
  });

  test("is captured into a file, zipped or not, or to standard output", async () => {
    const folder = emptyFolder();
    const capture = (...args: string[]) =>
      running(["capture", server.address, "--seconds", "0.1", ...args], folder);
    const named = await capture();
    const [name = ""] = filesIn(folder);
    expect([named.code, name]).toEqual([
      0,
      expect.stringMatching(`^${stem}-\\d{8}T\\d{6}\\.\\d{3}Z\\.trace$`),
    ]);
    expect(Math.abs(statSync(join(folder, name)).mtimeMs - timeOf(name))).toBeLessThan(10_000);
    expect(named.stderr).toMatch(new RegExp(`^${name}: \\d+ kB$`, "m"));
    expect(eventsByGo(join(folder, name))).toBeGreaterThan(500);
    const zipped = await capture("-o", "x.trace.gz");
    const size = byteSize(statSync(join(folder, "x.trace.gz")).size);
    expect(zipped.stderr.split("\n")).toContain(`x.trace.gz: ${size}`);
    const { code, stdout } = await capture("-o", "-");
    writeFileSync(join(folder, "x.trace"), gunzipSync(readFileSync(join(folder, "x.trace.gz"))));
    writeFileSync(join(folder, "y.trace"), stdout);
    for (const file of ["x.trace", "y.trace"]) expect(eventsByGo(join(folder, file))).toBeGreaterThan(500);
    expect([code, filesIn(folder)]).toEqual([0, [name, "x.trace", "x.trace.gz", "y.trace"]]);
  });

  test("Ctrl-C ends a capture, and keeps what has arrived", async () => {
    const folder = emptyFolder();
    const args = ["capture", server.address, "--seconds", "60", "-o", "x.trace"];
    const { code, stderr, milliseconds } = await ended(start(args, folder), "SIGINT", () =>
      readdirSync(folder).some((file) => statSync(join(folder, file)).size > 100_000),
    );
    expect([code, filesIn(folder)]).toEqual([3, ["x.trace"]]);
    expect(stderr).toMatch(/x\.trace is incomplete: the capture was stopped after [\d,]+ bytes/);
    expect(milliseconds).toBeLessThan(SOON);
  });

  test("is captured again and again: the oldest files of the ring are deleted, and no others", async () => {
    const folder = emptyFolder();
    const old = (year: number) => `${stem}-${year}0101T000000.000Z.trace`;
    // As an earlier run left them.
    for (const name of [old(2020), old(2021), `${old(2022)}.0123456789ab.tmp`])
      writeFileSync(join(folder, name), trace);
    const others = [
      `${stem}-notes.trace`,
      `${stem}-20209901T000000.000Z.trace`,
      `${old(2020)}.bak`,
      `x${old(2020)}`,
      `${stem}0-20200101T000000.000Z.trace`,
      "trace.out",
    ];
    for (const name of others) writeFileSync(join(folder, name), "mine");
    mkdirSync(join(folder, old(2019)));
    const started = Date.now();
    const args = ["capture", server.address, "--every", "300ms", "--seconds", "0.1", "--keep", "3"];
    const own = () => traces(folder).filter((name) => !others.includes(name) && timeOf(name) >= started);
    const seen = new Set<string>();
    const { code, stderr, milliseconds } = await ended(
      start([...args, "--out-dir", folder], folder),
      "SIGINT",
      () => {
        for (const name of own()) seen.add(name);
        return seen.size >= 5;
      },
    );
    expect([code, milliseconds]).toEqual([0, expect.toSatisfy((ms: number) => ms < SOON)]);
    expect(filesIn(folder).sort()).toEqual([...others, old(2019), ...own()].sort());
    expect(own()).toHaveLength(3);
    const [first = "", , last = ""] = own();
    expect(stderr).toMatch(
      new RegExp(
        `^3 traces in ${folder}, \\d+ kB: ${first} to ${last}\n\\d+ captured, \\d+ deleted as the oldest$`,
        "m",
      ),
    );
    for (const name of own().slice(0, 2)) expect(eventsByGo(join(folder, name))).toBeGreaterThan(500);
    // In another folder with a limit of bytes, and ended by SIGTERM.
    const size = statSync(join(folder, first)).size;
    const small = join(folder, "small");
    const limits = ["--keep", "100", "--keep-size", String(size * 3), "--out-dir", small];
    const more = await ended(start([...args.slice(0, -2), ...limits], folder), "SIGTERM", () => {
      try {
        for (const name of traces(small)) seen.add(name);
      } catch {
        return false;
      }
      return seen.size >= 11;
    });
    expect([more.code, more.milliseconds]).toEqual([0, expect.toSatisfy((ms: number) => ms < SOON)]);
    expect(more.stderr).toMatch(/deleted as the oldest$/m);
    const sizes = filesIn(small).map((name) => statSync(join(small, name)).size);
    expect(sizes.reduce((sum, each) => sum + each, 0)).toBeLessThanOrEqual(size * 3);
    expect(sizes.length).toBeGreaterThan(0);
  });

  test("--when keeps the captures of which one of the expressions is true", async () => {
    const folder = emptyFolder();
    const args = ["capture", server.address, "--every", "200ms", "--seconds", "0.1", "--out-dir", "ring"];
    const ring = join(folder, "ring");
    const kept = await ended(
      start([...args, "--when", "sched.max > 1h", "goroutines.count > 10"], folder),
      "SIGINT",
      () => filesIn(folder).length > 0 && traces(ring).length >= 2,
    );
    expect([kept.code, kept.stderr]).toEqual([
      0,
      expect.stringMatching(/^ring\/\S+: \d+ kB, goroutines\.count > 10: [\d,]+$/m),
    ]);
    const [file = ""] = traces(ring);
    const check = (limit: string) => go2perfetto(["check", join(ring, file), "--assert", limit]).code;
    expect([check("goroutines.count > 10"), check("sched.max > 1h")]).toEqual([0, 4]);
    const before = filesIn(ring);
    const child = start([...args, "--when", "sched.max > 1h", 'function["main.worke"].exec > 0s'], folder);
    let said = "";
    child.stderr.on("data", (text) => {
      said += text;
    });
    const { code, stderr } = await ended(child, "SIGINT", () => said.split("not kept: ").length > 2);
    expect([code, filesIn(ring)]).toEqual([0, before]);
    expect(stderr).toMatch(/^not kept: sched\.max > 1h: .+s, function/m);
    expect(stderr.match(/warning.*has no function "main\.worke"/g)).toHaveLength(1);
    expect(stderr).toContain("Similar ones: main.worker");
    expect(stderr).toMatch(/^\d+ captured, \d+ not kept by --when(, 1 ended before --when was checked)?$/m);
  });

  test("a signal ends the capture under way, which is kept as far as it came", async () => {
    const folder = emptyFolder();
    const args = ["capture", server.address, "--every", "2m", "--seconds", "60"];
    const { code, stderr, milliseconds } = await ended(start(args, folder), "SIGTERM", () =>
      readdirSync(folder).some((file) => statSync(join(folder, file)).size > 100_000),
    );
    expect([code, traces(folder)]).toEqual([0, filesIn(folder)]);
    expect(stderr).toMatch(/^1 trace in \., \d+ kB: \S+ to \S+\n1 captured$/m);
    expect(milliseconds).toBeLessThan(SOON);
    const info = go2perfetto(["info", traces(folder)[0] ?? ""], { cwd: folder });
    expect([info.code, info.stdout.toString()]).toEqual([3, expect.stringMatching(/events +[1-9]/)]);
  });
});

/** The time in the name of a capture. */
function timeOf(name: string): number {
  const [, ...parts] = /(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)\.(\d{3})Z/.exec(name) ?? [];
  const [year = 0, month = 0, ...rest] = parts.map(Number);
  return Date.UTC(year, month - 1, ...(rest as [number, number, number, number, number]));
}

describe("a server that goes wrong", () => {
  let server: OddServer | undefined;

  afterEach(async () => {
    await server?.close();
    server = undefined;
  });

  /** A server with an answer for each turn, of which the last is repeated. */
  async function answering(...answers: ((response: ServerResponse) => void)[]): Promise<string> {
    let turn = 0;
    server = await OddServer.start((_, response) =>
      answers[Math.min(turn++, answers.length - 1)]?.(response),
    );
    return server.address;
  }

  const whole = (response: ServerResponse) => void response.end(trace);
  const cut = (response: ServerResponse) =>
    void response.write(trace.subarray(0, -100), () => response.destroy());

  test("is tried again, and what was missed is counted", async () => {
    const address = await answering(
      whole,
      (response) => void response.writeHead(500).end("Could not enable tracing: busy"),
      (response) => response.destroy(),
      (response) => void response.end("<html>"),
      cut,
      whole,
    );
    const folder = emptyFolder();
    const args = ["capture", address, "--every", "100ms"];
    const { code, stderr } = await ended(start(args, folder), "SIGINT", () => traces(folder).length >= 3);
    expect(code).toBe(3);
    expect(stderr.match(/^warning.*it is tried again$/gm)).toEqual([
      expect.stringContaining("Could not enable tracing: busy"),
    ]);
    expect(stderr).toContain("answers again: 3 missed");
    expect(stderr).toMatch(/^warning: \.?\/?\S+Z\.trace is incomplete: the connection broke/m);
    expect(stderr).toMatch(/^\d+ captured, 1 incomplete, 3 missed$/m);
    const [first = "", second = "", third = ""] = traces(folder);
    const bytes = (name: string) => readFileSync(join(folder, name));
    expect([bytes(first).equals(trace), bytes(third).equals(trace)]).toEqual([true, true]);
    expect(bytes(second).equals(trace.subarray(0, -100))).toBe(true);
  });

  test("that there is no CPU profile is told once", async () => {
    server = await OddServer.start((request, response) =>
      request.url?.includes("profile") ? response.writeHead(404).end() : response.end(trace),
    );
    const folder = emptyFolder();
    const args = ["capture", server.address, "--every", "100ms", "--profile"];
    const { code, stderr } = await ended(start(args, folder), "SIGINT", () => traces(folder).length >= 3);
    expect([code, stderr.match(/no CPU profile/g)]).toEqual([0, ["no CPU profile"]]);
  });

  test("the first capture must work", async () => {
    const address = await answering((response) => void response.writeHead(404).end(), whole);
    const folder = emptyFolder();
    const { code, stderr } = await running(["capture", address, "--every", "100ms"], folder);
    expect([code, filesIn(folder)]).toEqual([1, []]);
    expect(stderr).toMatch(/^error: cannot read \S+: the server answers 404 Not Found$/m);
  });

  test("a server that does not answer does not hold a signal up", async () => {
    let asked = 0;
    const address = await answering(whole, () => {
      asked++;
    });
    const folder = emptyFolder();
    const args = ["capture", address, "--every", "100ms"];
    const { code, milliseconds } = await ended(start(args, folder), "SIGINT", () => asked > 0);
    expect([code, filesIn(folder).length]).toEqual([0, 1]);
    expect(milliseconds).toBeLessThan(SOON);
  });

  test("a trace that does not end is as large as may be kept", async () => {
    const address = await answering((response) => {
      response.write(trace);
      const more = setInterval(() => response.write(Buffer.alloc(10_000)), 10);
      response.on("close", () => clearInterval(more));
    });
    const folder = emptyFolder();
    const args = ["capture", address, "--every", "1h", "--keep-size", "50kB"];
    const { code, stderr } = await ended(start(args, folder), "SIGINT", () => traces(folder).length > 0);
    expect([code, statSync(join(folder, traces(folder)[0] ?? "")).size]).toEqual([3, 50_000]);
    expect(stderr).toContain("is incomplete: it was as large as may be kept");
  });

  test("no room for a file is one clear error, and what was kept stays", async () => {
    const large = Buffer.concat([trace, Buffer.alloc(100_000)]);
    const address = await answering(whole, (response) => void response.end(large));
    const folder = emptyFolder();
    const command = `ulimit -f 60; exec "${process.execPath}" "${main}" capture ${address} --every 100ms`;
    const child = spawn("bash", ["-c", command], { cwd: folder, env: { ...process.env, NO_COLOR: "1" } });
    const { code, stderr } = await resultOf(child);
    expect([code, filesIn(folder)]).toEqual([1, traces(folder)]);
    expect(traces(folder)).toHaveLength(1);
    expect(stderr.match(/^error: .*$/gm)).toEqual([
      expect.stringMatching(/^error: cannot write \S+Z\.trace: (file too large|no space left on device)$/),
    ]);
  });
});

test.each([
  [["trace.out"], "trace.out is not a URL"],
  [["localhost:1", "--keep", "3"], "--keep is for --every"],
  [["localhost:1", "--keep-size", "3MB"], "--keep-size is for --every"],
  [["localhost:1", "--when", "sched.p99 > 1ms"], "--when is for --every"],
  [["localhost:1", "--out-dir", "x"], "--out-dir is for --every"],
  [["localhost:1", "--every", "1m", "-o", "x.trace"], "-o is for one capture"],
  [["localhost:1", "--every", "10ms"], "It is shorter than 100ms"],
  [["localhost:1", "--every", "1m", "--when", "sched.p98 > 1ms"], 'There is no figure "sched.p98"'],
  [["localhost:1", "--save", "x"], "unknown option '--save'"],
])("capture %j is wrong usage", (args, message) => {
  const { code, stderr } = go2perfetto(["capture", ...args], { cwd: emptyFolder() });
  expect([code, stderr]).toEqual([2, expect.stringContaining(message)]);
});
