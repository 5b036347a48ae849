// @module-tag long

import { once } from "node:events";
import { existsSync, readFileSync, renameSync, symlinkSync, writeFileSync } from "node:fs";
import type { RequestListener } from "node:http";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { gzipSync } from "node:zlib";
import { afterAll, afterEach, describe, expect, test } from "vitest";
import { DebugServer, haveDebugServer, removeDebugServers, TOOLCHAINS } from "../../support/debug-server.js";
import { parsedEvents } from "../../support/go-parsed.js";
import { goSourceWith, parsedByGo } from "../../support/go-tool.js";
import { OddServer } from "../../support/odd-server.js";
import { emptyFolder, filesIn, fixture, go2perfetto, resultOf, running, start } from "../command.js";

const sync = readFileSync(fixture("sync-go1.26.trace"));
const PART = "captures from a real Go server";
const go = goSourceWith("src/internal/trace/tracev2/events.go", PART);
const haveServers = go !== undefined && haveDebugServer(PART);

const servers: { close(): Promise<void> }[] = [];

afterEach(async () => {
  for (const server of servers.splice(0)) await server.close();
});

afterAll(removeDebugServers);

/** The address of a real Go program. */
async function debugServer(...[toolchain, ...flags]: Parameters<typeof DebugServer.start>) {
  const server = await DebugServer.start(toolchain, ...flags);
  servers.push({ close: () => server.stop() });
  return server;
}

/** The address of a server that answers as no Go program does. */
async function oddServer(answer: RequestListener): Promise<string> {
  const server = await OddServer.start(answer);
  servers.push(server);
  return server.address;
}

/** Events that Go's own reader finds in a file. */
function eventsByGo(path: string): number {
  const events = [...parsedEvents(parsedByGo(path, go?.root ?? ""))];
  return events.filter(({ kind }) => kind !== "Sync").length;
}

const eventsSaid = (stderr: string) => Number(/([\d,]+) events in/.exec(stderr)?.[1]?.replaceAll(",", ""));

/** For what does not depend on the format of the trace. */
const [, NEWEST] = TOOLCHAINS;

describe.runIf(haveServers).each(TOOLCHAINS)("a program of %s under load", (toolchain) => {
  test("is captured, converted and saved", async () => {
    const { address } = await debugServer(toolchain);
    const folder = emptyFolder();
    const { code, stderr } = await running([address, "--seconds", "2", "--save", "raw.trace"], folder);
    expect([code, stderr]).toEqual([
      0,
      expect.stringContaining(`capturing http://${address}/debug/pprof/trace for 2 s`),
    ]);
    const raw = join(folder, "raw.trace");
    expect(eventsSaid(stderr)).toBe(eventsByGo(raw));
    expect(eventsSaid(stderr)).toBeGreaterThan(10_000);
    const [output = "", ...others] = filesIn(folder);
    expect(output).toMatch(/^127\.0\.0\.1-\d+-\d{8}-\d{6}\.pftrace$/);
    expect(others).toEqual(["raw.trace"]);
    // A file of that name has the same title.
    renameSync(raw, join(folder, address));
    go2perfetto([address, "-o", "again.pftrace"], { cwd: folder });
    const bytes = (path: string) => readFileSync(join(folder, path));
    expect(bytes(output).equals(bytes("again.pftrace"))).toBe(true);
  });

  test("is read by every command, also where that takes more than one pass", async () => {
    const { address } = await debugServer(toolchain);
    const url = `http://${address}/debug/pprof/trace?seconds=0.5`;
    const folder = emptyFolder();
    const info = await running(["info", url], folder);
    expect([info.code, info.stdout.toString()]).toEqual([0, expect.stringMatching(/^duration +0?\.?5\d+/m)]);
    const stats = await running(["stats", "--json", "--goroutine", "/client/", url], folder);
    const report = JSON.parse(stats.stdout.toString());
    expect(report.goroutines.byFunction).toEqual([
      expect.objectContaining({ count: 8, function: "main.client" }),
    ]);
    const dump = await running(["dump", "--wire", `${address}`, "--seconds", "0.2"], folder);
    expect([dump.code, dump.stdout.toString()]).toEqual([0, expect.stringContaining("GoBlock")]);
    const pprof = await running(["pprof", "sync", url, "-o", "sync.pb.gz"], folder);
    expect([pprof.code, filesIn(folder)]).toEqual([0, ["sync.pb.gz"]]);
  });

  test("Ctrl-C ends a capture, and keeps what has arrived", async () => {
    const { address } = await debugServer(toolchain);
    const folder = emptyFolder();
    const child = start([address, "--seconds", "60", "--save", "raw.trace", "-o", "out.pftrace"], folder);
    const result = resultOf(child);
    while (filesIn(folder).length < 2) await sleep(10);
    await sleep(2500);
    child.kill("SIGINT");
    const { code, stderr } = await result;
    expect([code, filesIn(folder)]).toEqual([3, ["out.pftrace", "raw.trace"]]);
    expect(stderr).toMatch(/is incomplete: the capture was stopped after [\d,]+ bytes/);
    expect(stderr).toContain("--seconds N sets");
    // Go's reader leaves the last generation out, which is cut.
    expect(eventsSaid(stderr)).toBeGreaterThan(10_000);
    expect(go2perfetto(["raw.trace"], { cwd: folder }).stderr).toMatch(
      new RegExp(`[:,] ${eventsSaid(stderr).toLocaleString("en")} events`),
    );
  });

  test("a second Ctrl-C ends everything, and leaves nothing behind", async () => {
    const { address } = await debugServer(toolchain);
    const folder = emptyFolder();
    // Nobody reads standard output, so the conversion cannot end by itself.
    const child = start([address, "--seconds", "60", "--save", "raw.trace", "-o", "-"], folder);
    const said: string[] = [];
    child.stderr.on("data", (text) => said.push(String(text)));
    while (filesIn(folder).length < 1) await sleep(10);
    await sleep(2500);
    child.kill("SIGINT");
    while (!said.join("").includes("Ctrl-C again")) await sleep(10);
    child.kill("SIGINT");
    const [code] = await once(child, "exit");
    expect([code, filesIn(folder)]).toEqual([130, []]);
  });

  test("a program that dies leaves a trace up to then", async () => {
    const server = await debugServer(toolchain);
    const folder = emptyFolder();
    const args = [server.address, "--seconds", "60", "--save", "raw.trace", "-o", "out.pftrace"];
    const result = resultOf(start(args, folder));
    while (filesIn(folder).length < 2) await sleep(10);
    await sleep(1500);
    await server.stop();
    const { code, stderr } = await result;
    expect([code, filesIn(folder)]).toEqual([3, ["out.pftrace", "raw.trace"]]);
    expect(stderr).toMatch(/is incomplete: the connection broke, after [\d,]+ bytes/);
    expect(stderr).toContain("WriteTimeout");
    const size = readFileSync(join(folder, "raw.trace")).length.toLocaleString("en");
    expect(stderr).toContain(`raw.trace: ${size} bytes, as they arrived`);
  });
});

describe.runIf(haveServers)("a program of any Go", () => {
  test("where no trace can be had, the server's words are shown", async () => {
    const { address } = await debugServer(NEWEST);
    const folder = emptyFolder();
    const first = running([address, "--seconds", "2", "-o", "out.pftrace"], folder);
    await sleep(500);
    const second = await running(["info", address], folder);
    expect([second.code, second.stderr]).toEqual([1, expect.stringContaining("Could not enable tracing")]);
    expect((await first).code).toBe(0);
    const missing = await running(["info", `http://${address}/nothing/trace`], folder);
    expect([missing.code, missing.stderr]).toEqual([1, expect.stringContaining("404 page not found")]);
    const page = await running([`http://${address}/debug/pprof/?x`, "--save", "raw"], folder);
    expect([page.code, filesIn(folder)]).toEqual([0, expect.arrayContaining(["raw"])]);
    const heap = await running(["info", `http://${address}/debug/pprof/heap`, "--save", "heap"], folder);
    expect([heap.code, heap.stderr]).toEqual([1, expect.stringContaining("it is a pprof profile")]);
    expect(existsSync(join(folder, "heap"))).toBe(false);
  });

  test("names and passwords are sent, and shown nowhere", async () => {
    const { address } = await debugServer(NEWEST, "-login", "joe:p@ss word");
    const folder = emptyFolder();
    const url = (password: string) => `http://joe:${password}@${address}`;
    const good = await running([url("p%40ss%20word"), "--seconds", "0.3", "-v"], folder);
    expect([good.code, good.stderr]).toEqual([0, expect.not.stringMatching(/joe|p@ss|p%40ss/)]);
    const [output = ""] = filesIn(folder);
    expect(output).not.toMatch(/joe|ss/);
    expect(readFileSync(join(folder, output)).toString("latin1")).not.toMatch(/joe|p@ss|p%40ss/);
    const header = `Authorization: Basic ${Buffer.from("joe:p@ss word").toString("base64")}`;
    expect((await running(["info", address, "--seconds", "0.1", "--header", header], folder)).code).toBe(0);
    const bad = await running(["info", url("secret"), "-v"], folder);
    expect([bad.code, bad.stderr]).toEqual([1, expect.stringContaining("401 Unauthorized: who are you?")]);
    expect(bad.stderr).not.toMatch(/joe|secret/);
    expect(bad.stderr).toContain("--header");
  });

  test("certificates are asked for, given and checked", async () => {
    const folder = emptyFolder();
    const { address } = await debugServer(NEWEST, "-certificates", folder);
    const ask = (...options: string[]) =>
      running(["info", `https://${address}`, "--seconds", "0.2", ...options], folder);
    const own = ["--cert", "client.pem", "--key", "client.pem"];
    expect((await ask("--ca", "ca.pem", ...own)).code).toBe(0);
    expect((await ask("--insecure", ...own)).code).toBe(0);
    for (const options of [own, ["--ca", "ca.pem"], ["--insecure"]]) {
      const { code, stderr } = await ask(...options);
      expect([code, stderr]).toEqual([1, expect.stringMatching(/^error: cannot read https:/m)]);
      expect(stderr).toContain(options === own ? "with --ca FILE" : "give --cert and --key");
    }
    const plain = await running(["info", address], folder);
    expect([plain.code, plain.stderr]).toEqual([
      1,
      expect.stringContaining("HTTP request to an HTTPS server"),
    ]);
  });
});

describe.runIf(haveServers)("--profile", () => {
  test("puts CPU samples into the trace, unless there is no profile, which is a warning", async () => {
    const { address } = await debugServer(NEWEST, "-spin");
    const folder = emptyFolder();
    const raw = join(folder, "raw.trace");
    const capture = (url: string) =>
      running(["info", url, "--profile", "--seconds", "0.5", "--save", raw], folder);
    /** CPU samples of the capture, by Go's own reader: 100 a second and processor, of which a busy machine leaves a few. */
    const samples = () =>
      [...parsedEvents(parsedByGo(raw, go?.root ?? ""))].filter(({ kind }) => kind === "StackSample").length;

    const profiled = await capture(address);
    expect([profiled.code, profiled.stderr]).toEqual([0, expect.not.stringContaining("warning")]);
    expect(samples()).toBeGreaterThan(0);

    const absent = await capture(`http://${address}/alone/pprof/trace`);
    const profile = `http://${address}/alone/pprof/profile`;
    expect([absent.code, absent.stderr]).toEqual([
      0,
      expect.stringContaining(`warning: no CPU profile of ${profile}: the server answers 404 Not Found`),
    ]);
    expect(samples()).toBe(0);

    const end = new AbortController();
    const other = fetch(`http://${address}/debug/pprof/profile?seconds=60`, end).catch(() => undefined);
    await sleep(1000);
    const refused = await capture(address);
    expect([refused.code, refused.stderr]).toEqual([
      0,
      expect.stringContaining("cpu profiling already in use"),
    ]);
    expect(refused.stderr).toContain("its samples are in the trace while it lasts");
    expect(samples()).toBeGreaterThan(0);
    end.abort();
    await other;
  });

  test("ends with the trace, also if there is no trace", async () => {
    const { address } = await debugServer(NEWEST);
    const end = new AbortController();
    const tracing = await fetch(`http://${address}/debug/pprof/trace?seconds=60`, end);
    const { code, stderr } = await running(["info", address, "--profile", "--seconds", "60"], emptyFolder());
    expect([code, stderr]).toEqual([1, expect.stringContaining("Could not enable tracing")]);
    // Whoever profiles next is not refused.
    const profile = await fetch(`http://${address}/debug/pprof/profile?seconds=1`);
    expect([profile.status, (await profile.arrayBuffer()).byteLength]).toEqual([200, expect.any(Number)]);
    end.abort();
    await expect(tracing.arrayBuffer()).rejects.toThrow("abort");
  });
});

describe.runIf(haveServers)("an endpoint of a flight recorder", () => {
  test("is asked by POST, without parameters that nobody gave", async () => {
    const { address } = await debugServer(NEWEST);
    const folder = emptyFolder();
    const url = `http://${address}/flight`;
    const { code } = await running(["--method", "POST", "--save", "raw.trace", url], folder);
    expect([code, filesIn(folder)]).toEqual([0, ["flight.pftrace", "raw.trace"]]);
    expect(eventsByGo(join(folder, "raw.trace"))).toBeGreaterThan(1000);
    const got = await running(["info", url], folder);
    expect([got.code, got.stderr]).toEqual([1, expect.stringContaining("405 Method Not Allowed")]);
    expect(got.stderr).toContain("--method POST");
    const asked = await running(["info", url, "--method", "POST", "--seconds", "1"], folder);
    expect([asked.code, asked.stderr]).toEqual([1, expect.stringContaining("parameters are refused")]);
  });
});

describe.runIf(haveServers)("a server whose WriteTimeout is too short", () => {
  test("refuses, and the advice says why", async () => {
    const { address } = await debugServer("go1.22.12", "-write-timeout", "1s");
    const { code, stderr } = await running(["info", address], emptyFolder());
    expect([code, stderr]).toEqual([1, expect.stringContaining("exceeds server's WriteTimeout")]);
    expect(stderr).toContain("Is the server's WriteTimeout shorter than --seconds?");
  });
});

describe("a server that goes wrong", () => {
  test.each<[string, RequestListener, RegExp]>([
    [
      "breaks the connection",
      (_, response) => response.write(sync.subarray(0, 30_000), () => response.destroy()),
      /is incomplete: the connection broke, after 30,000 bytes/,
    ],
    [
      "falls silent",
      (_, response) => void response.write(sync.subarray(0, 30_000)),
      /is incomplete: nothing came for 0\.5 s, after 30,000 bytes/,
    ],
    [
      "ends before the trace does",
      (_, response) => void response.end(sync.subarray(0, 30_000)),
      /is incomplete: the input ends within a batch/,
    ],
    [
      "breaks the connection in compressed data",
      (_, response) => {
        response.setHeader("content-encoding", "gzip");
        response.write(gzipSync(sync).subarray(0, 10_000), () => response.destroy());
      },
      /is incomplete: the connection broke, after 10,000 bytes/,
    ],
  ])("%s: what arrived is kept and converted", async (_, answer, words) => {
    const address = await oddServer(answer);
    const folder = emptyFolder();
    const options = ["--timeout", "500ms", "--save", "raw", "-o", "out.pftrace"];
    const { code, stderr } = await running([address, ...options], folder);
    expect([code, stderr]).toEqual([3, expect.stringMatching(words)]);
    expect(filesIn(folder)).toEqual(["out.pftrace", "raw"]);
    const again = go2perfetto(["raw", "-o", "again.pftrace"], { cwd: folder });
    expect([again.code, eventsSaid(again.stderr)]).toEqual([3, eventsSaid(stderr)]);
    expect(eventsSaid(stderr)).toBeGreaterThan(1000);
  });

  test("the loss is no secret where the trace is read twice", async () => {
    // Between generations nothing but the connection tells that there was more to come.
    const address = await oddServer((_, response) => {
      response.writeHead(200, { "content-length": sync.length + 1 });
      response.write(sync, () => response.destroy());
    });
    const { code, stderr } = await running(["stats", "--goroutine", "/./", address], emptyFolder());
    expect([code, stderr]).toEqual([3, expect.stringContaining("the connection broke, after 48,534 bytes")]);
  });

  test("--strict makes that a failure, which keeps only what was saved", async () => {
    const address = await oddServer((_, response) => void response.end(sync.subarray(0, 30_000)));
    const folder = emptyFolder();
    const { code } = await running([address, "--strict", "--save", "raw", "-o", "out.pftrace"], folder);
    expect([code, filesIn(folder)]).toEqual([1, ["raw"]]);
  });

  test("all is saved, also what the command does not need", async () => {
    const address = await oddServer((_, response) => void response.end(sync));
    const folder = emptyFolder();
    const { code } = await running([address, "--to", "1ns", "--save", "raw", "-o", "out.pftrace"], folder);
    expect(code).toBe(0);
    expect(readFileSync(join(folder, "raw")).equals(sync)).toBe(true);
  });

  test("what is compressed on the way is saved so", async () => {
    const zipped = gzipSync(sync);
    const address = await oddServer((_, response) => {
      response.setHeader("content-encoding", "gzip");
      // The first bytes come alone.
      response.write(zipped.subarray(0, 3), () => setTimeout(() => response.end(zipped.subarray(3)), 100));
    });
    const folder = emptyFolder();
    const { code } = await running([address, "--save", "raw", "-o", "out.pftrace"], folder);
    expect([code, readFileSync(join(folder, "raw")).equals(zipped)]).toEqual([0, true]);
  });

  test.each([
    [["-o", "missing/out.pftrace"]],
    [["-o", "missing/out.json", "--split-time", "1s"]],
    [["dump", "-o", "missing/out.txt"]],
    [["otlp", "-o", "missing/out.json"]],
    [["pprof", "sync", "-o", "missing/out.pb.gz"]],
    [["check", "--junit", "missing/out.xml", "--assert", "sched.p99 < 1s"]],
  ])("a capture ends at once if there is nowhere to write to: %j", async (args) => {
    const address = await oddServer((_, response) => void response.write(sync.subarray(0, -1)));
    const folder = emptyFolder();
    const { code, stderr } = await running([...args, "--save", "raw", `http://${address}`], folder);
    expect([code, filesIn(folder)]).toEqual([1, []]);
    expect(stderr).toContain(`cannot write ${args.find((arg) => arg.startsWith("missing"))?.split(".")[0]}.`);
    expect(stderr).not.toContain("nothing came");
  });

  test.each<[string, RequestListener, string, string]>([
    [
      "redirects",
      (_, response) =>
        response.writeHead(302, { location: "https://joe:secret@elsewhere/login?secret" }).end(),
      "the server redirects to https://elsewhere/login",
      "Give that URL if you trust it",
    ],
    [
      "answers with a page",
      (_, response) => response.end("<!DOCTYPE html><title>secret</title>"),
      "is not a Go execution trace: it is a web page",
      "Check the URL: net/http/pprof sends traces at /debug/pprof/trace",
    ],
    [
      "answers with JSON",
      (_, response) => response.end('{"error":"secret"}'),
      "is not a Go execution trace: it is JSON",
      "Check the URL: net/http/pprof sends traces at /debug/pprof/trace",
    ],
    [
      "answers with text",
      (_, response) => response.end("nothing to see here"),
      'it starts with "nothing to see h"',
      "Check the URL: net/http/pprof sends traces at /debug/pprof/trace",
    ],
    ["answers with nothing", (_, response) => response.end(), "it is empty", ""],
    [
      "answers with a page that is compressed",
      (_, response) => response.setHeader("content-encoding", "gzip").end(gzipSync("<html>no</html>")),
      "is not a Go execution trace: decompressed, it is a web page",
      "",
    ],
    [
      "answers with a list of goroutines, which comes byte by byte",
      (_, response) =>
        response.write("g", () => setTimeout(() => response.end("oroutine profile: total 3"), 100)),
      "is not a Go execution trace: it is a pprof profile",
      "",
    ],
    [
      "fails with a page",
      (_, response) => response.writeHead(500).end("<!DOCTYPE html>"),
      "the server answers 500 Internal Server Error: a web page",
      "",
    ],
    ["says nothing", () => undefined, "nothing was answered within 0.3 s", "--timeout"],
  ])("%s: one clear error, and no file", async (_, answer, message, advice) => {
    const address = await oddServer(answer);
    const folder = emptyFolder();
    const args = [`http://joe:secret@${address}/trace.out`, "--timeout", "300ms", "--save", "raw", "-v"];
    const { code, stderr } = await running(args, folder);
    expect([code, stderr]).toEqual([1, expect.stringContaining(message)]);
    expect(stderr).toContain(advice);
    expect(stderr).not.toMatch(/joe|secret/);
    expect(filesIn(folder)).toEqual([]);
  });
});

test.each([
  [["--save", "trace.out"], "trace.out", ""],
  [["--save", "raw.trace"], "raw.trace", ""],
  [[], "trace.out", "The commands above read trace.out: --save trace.out keeps a capture.\n"],
])(
  "explain URL %j names the file that keeps the capture, and how to keep it if nothing does",
  async (args, file, advice) => {
    const address = await oddServer((_, response) => response.end(sync));
    const folder = emptyFolder();
    const { code, stderr, stdout } = await running(["explain", address, ...args], folder);
    expect([code, filesIn(folder)]).toEqual([0, args.slice(1)]);
    expect(stdout.toString()).toMatch(new RegExp(`pprof sync ${file}$`, "m"));
    expect(
      stderr
        .split("arrived\n")
        .at(-1)
        ?.replace(/^capturing .*\n/m, ""),
    ).toBe(advice);
  },
);

describe("what is asked for", () => {
  test.each([
    [[], "/", "/debug/pprof/trace?seconds=5"],
    [["--seconds", "1.5"], "/debug/pprof/", "/debug/pprof/trace?seconds=1.5"],
    [[], "/debug/pprof/trace?seconds=3", "/debug/pprof/trace?seconds=3"],
    [["--seconds", "2"], "/debug/pprof/trace?gc=1&seconds=3", "/debug/pprof/trace?gc=1&seconds=2"],
    [[], "/internal/pprof/trace", "/internal/pprof/trace?seconds=5"],
    // Other servers may reject a parameter that nobody gave.
    [[], "/internal/trace", "/internal/trace"],
    [["--seconds", "2"], "/internal/trace", "/internal/trace?seconds=2"],
    [[], "/ci/trace.out?token=x", "/ci/trace.out?token=x"],
  ])("with %j of %s is %s", async (options, path, expected) => {
    let asked: string | undefined;
    const address = await oddServer((request, response) => {
      asked = request.url;
      response.end(sync);
    });
    for (const input of [`http://${address}${path}`, `${address}${path}`]) {
      expect((await running(["info", input, ...options], emptyFolder())).code).toBe(0);
      expect(asked).toBe(expected);
    }
  });

  test("a CPU profile is asked for in whole seconds, by the same client", async () => {
    const asked: unknown[] = [];
    const address = await oddServer(({ url, method, headers }, response) => {
      asked.push([method, url, headers["x-team"], headers.authorization]);
      response.end(sync);
    });
    const options = ["--profile", "--seconds", "1.2", "--header", "X-Team: go", "--method", "POST"];
    const url = `http://joe:secret@${address}/debug/pprof/trace?token=x`;
    const { code, stderr } = await running(["info", url, ...options], emptyFolder());
    const authorization = `Basic ${Buffer.from("joe:secret").toString("base64")}`;
    expect(asked.sort()).toEqual([
      ["GET", "/debug/pprof/profile?token=x&seconds=2", "go", authorization],
      ["POST", "/debug/pprof/trace?token=x&seconds=1.2", "go", authorization],
    ]);
    expect([code, stderr]).toEqual([0, expect.stringContaining("the answer is not a profile")]);
  });

  test("who does not answer soon is named as waited for", async () => {
    const address = await oddServer((_, response) => void setTimeout(() => response.end(sync), 2500));
    const ask = (query: string) => running(["info", `http://${address}${query}`], emptyFolder());
    const [capture, endless, file] = await Promise.all(["?seconds=3", "?seconds=x", "/trace.out"].map(ask));
    const waiting = `waiting for an answer from http://${address}`;
    expect(capture?.stderr).toContain(`${waiting}/debug/pprof/trace: an idle program of Go before 1.22`);
    expect(capture?.stderr).toMatch(/the capture for 3 s\ncapturing .* for 3 s; Ctrl-C ends it\n$/);
    expect(endless?.stderr).toMatch(/the capture\ncapturing \S+; Ctrl-C ends it\n$/);
    expect(file?.stderr).toBe(`${waiting}/trace.out\n`);
  });

  test("names and passwords are sent, with signs of all sorts in them", async () => {
    let authorization: string | undefined;
    const address = await oddServer((request, response) => {
      authorization = request.headers.authorization;
      response.end(sync);
    });
    for (const user of ["j@e:p@s%20s:word", "j%40e:p%40s s%3Aword"]) {
      expect((await running(["info", `${user}@${address}`], emptyFolder())).code).toBe(0);
      expect(authorization).toBe(`Basic ${Buffer.from("j@e:p@s s:word").toString("base64")}`);
    }
  });

  test("a file that is served gives its name to the output", async () => {
    const address = await oddServer((_, response) => void response.end(sync));
    const folder = emptyFolder();
    await running([`http://joe:secret@${address}/ci/run%2f1/trace.out?token=x`], folder);
    expect(filesIn(folder)).toEqual(["trace.pftrace"]);
  });

  test("a file whose name looks like an address is a file", () => {
    const folder = emptyFolder();
    writeFileSync(join(folder, "trace:1"), sync);
    expect(go2perfetto(["info", "trace:1"], { cwd: folder }).code).toBe(0);
  });

  test("a capture is a base as well, and the options hold for whichever is a URL", async () => {
    const address = await oddServer((_, response) => void response.end(sync));
    const folder = emptyFolder();
    writeFileSync(join(folder, "trace.out"), sync);
    const args = ["pprof", "sync", "trace.out", "--base", address, "--seconds", "1", "--save", "raw"];
    const { code, stderr } = await running(args, folder);
    expect([code, stderr]).toEqual([0, expect.stringContaining("trace.sync.pb.gz: nothing")]);
    expect(readFileSync(join(folder, "raw")).equals(sync)).toBe(true);
  });

  test.each([
    ["out", ["-o", "link.pftrace"]],
    ["out", ["-o", "folder/out.pftrace"]],
    ["out.001", ["-o", "out.pftrace", "--split-time", "1s"]],
    ["out", ["check", "--assert", "sched.p99 < 1s", "--junit", "out.pftrace"]],
    ["out", ["pprof", "sync", "-o", "out.pftrace"]],
    ["out", ["dump", "-o", "out.pftrace"]],
  ])("--save does not name the same file as the output, by whatever name: %s, %j", async (saved, args) => {
    const address = await oddServer((_, response) => void response.end(sync));
    const folder = emptyFolder();
    symlinkSync("out.pftrace", join(folder, "link.pftrace"));
    symlinkSync(".", join(folder, "folder"));
    const { code, stderr } = await running(
      [...args, `http://${address}`, "--save", `${saved}.pftrace`],
      folder,
    );
    expect([code, stderr]).toEqual([2, expect.stringContaining("--save and OUT are the same file")]);
    expect(filesIn(folder)).toEqual(["folder", "link.pftrace"]);
  });

  test("two captures are compared, of which the first is saved, or one with a file", async () => {
    let answers = 0;
    const address = await oddServer((_, response) => {
      const short = answers++ > 0;
      response.end(short ? readFileSync(fixture("hello-go1.26.trace")) : sync);
    });
    const folder = emptyFolder();
    const options = ["--seconds", "1", "--save", "raw", "--json"];
    expect((await running(["diff", address, address, ...options], folder)).code).toBe(0);
    expect(readFileSync(join(folder, "raw")).equals(sync)).toBe(true);
    const { code, stderr } = await running(["diff", "raw", address, "--seconds", "1", "--json"], folder);
    expect([code, answers, stderr]).toEqual([0, 3, expect.stringContaining("capturing")]);
  });

  test.each([
    [["trace.out", "--seconds", "1"], "--seconds is for a URL"],
    [["-", "--save", "x", "-o", "y.pftrace"], "--save is for a URL"],
    [["localhost:1", "--seconds", "0"], "above 0 and up to"],
    [["localhost:1", "--seconds", "5s"], "not a number of seconds"],
    [["localhost:1", "--save", "-"], "--save needs a file"],
    [["http://localhost:1/flight", "--profile"], "--profile needs a URL that ends in /debug/pprof/trace"],
    [["trace.out", "--method", "POST"], "--method is for a URL"],
    [["trace.out", "--profile"], "--profile is for a URL"],
    [["localhost:1", "--save", "./x.pftrace", "-o", "x.pftrace"], "the same file"],
    [["localhost:1", "--header", "secret"], "--header 1 is not a valid HTTP header"],
    [["localhost:1", "--header", "X: secr\net"], "--header 1 is not a valid HTTP header"],
    [["https://localhost:1", "--cert", "x"], "--cert and --key belong together"],
    [["https://joe:secret@local host"], "is not valid"],
    [["ftp://joe:secret@a/trace"], "is not http or https"],
    [["http://joe:secret%@a/trace"], "is not valid"],
    [["joe:secr/et@localhost:1"], "is not valid"],
    [["joe:secret@localhost"], "is not valid"],
    [["joe:secret@localhost:1 x"], "is not valid"],
    [["stats", "--seconds", "http://joe:secret@a:1"], "argument 'http://a:1/debug/pprof/trace' is invalid"],
    [["ftp://joe:secret@a/trace?secret", "trace.out"], "too many arguments"],
    [["pprof", "http://joe:secret@a:1"], 'no profile "http://a:1/debug/pprof/trace"'],
    [["http://joe:secret@a:1", "http://joe:secret@b:2"], "too many arguments for 'convert'"],
  ])("%j is wrong usage", (args, message) => {
    const { code, stderr } = go2perfetto([...args, "-v"], { cwd: emptyFolder(), input: sync });
    expect([code, stderr]).toEqual([2, expect.stringContaining(message)]);
    expect(stderr).not.toMatch(/joe|secr/);
  });

  test("a certificate that cannot be read or is none is named", () => {
    const folder = emptyFolder();
    writeFileSync(join(folder, "no.pem"), "no");
    const ask = (path: string) => go2perfetto(["info", "https://localhost:1", "--ca", path], { cwd: folder });
    expect(ask("missing.pem").stderr).toContain("cannot read missing.pem for --ca: no such file");
    expect(ask("no.pem").stderr).toContain("cannot use no.pem as --ca: it is not PEM");
    writeFileSync(join(folder, "no.pem"), "-----BEGIN CERTIFICATE-----\nno\n-----END CERTIFICATE-----\n");
    expect(ask("no.pem").stderr).toContain("cannot use no.pem as --ca: it is damaged");
  });
});
