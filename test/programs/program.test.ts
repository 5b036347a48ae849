// @module-tag long

import { execFileSync, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { copyFileSync, readFileSync, writeFileSync } from "node:fs";
import { get } from "node:http";
import { join } from "node:path";
import { buffer } from "node:stream/consumers";
import { fileURLToPath } from "node:url";
import { beforeAll, describe, expect, test } from "vitest";
import { NODE_VERSION, nodeBinary } from "../../scripts/programs/node-binary.mjs";
import { emptyFolder, filesIn, fixture, go2perfetto } from "../cli/command.js";
import { optionalPart } from "../support/optional.js";
import { FakeEndpoint } from "../support/otlp/fake-endpoint.js";
import { unavailable } from "../support/perfetto-tools.js";
import { takeViewerPort, WAIT } from "../support/viewer-port.js";

const ROOT = fileURLToPath(new URL("../..", import.meta.url));
const TRACE = fixture("sync-go1.26.trace");
const OLD = fixture("annotations-go1.21.trace");

const HOST = `${process.platform}-${process.arch}`;
/** One platform for each format of executables, and this one, whose program runs here. */
const PLATFORMS = [...new Set(["linux-x64", "darwin-arm64", "win32-x64", HOST])];

/** Why the Node binaries cannot be had. */
function missing(): string | undefined {
  try {
    for (const platform of PLATFORMS) nodeBinary(platform);
    return undefined;
  } catch (error) {
    return unavailable(error);
  }
}

const folder = emptyFolder();
const program = join(folder, `go2perfetto-${HOST}`);
/** The program stands alone: it finds no Node, and no settings of one. */
const ALONE = { NO_COLOR: "1", PATH: "/nonexistent", HOME: emptyFolder() };

function run(...args: string[]) {
  const { status, stdout, stderr } = spawnSync(program, args, {
    env: ALONE,
    cwd: emptyFolder(),
    maxBuffer: 1 << 28,
  });
  return { code: status, stdout, stderr: stderr.toString() };
}

describe.runIf(optionalPart("single executables", missing))("single executables", () => {
  beforeAll(() => {
    const args = ["scripts/build-programs.mjs", "--out", folder, ...PLATFORMS];
    execFileSync(process.execPath, args, { cwd: ROOT, stdio: ["ignore", "ignore", "inherit"] });
  });

  test("come with their checksums and the licences of what is in them", () => {
    const names = ["go2perfetto-darwin-arm64", "go2perfetto-linux-x64", "go2perfetto-windows-x64.exe"];
    expect(filesIn(folder)).toEqual(
      expect.arrayContaining(["SHA256SUMS", "THIRD-PARTY-LICENSES.txt", ...names]),
    );
    const said = execFileSync("sha256sum", ["--check", "SHA256SUMS"], { cwd: folder }).toString();
    expect(said.match(/: OK$/gm)).toHaveLength(PLATFORMS.length);
    const licences = readFileSync(join(folder, "THIRD-PARTY-LICENSES.txt"), "utf8");
    const { dependencies } = JSON.parse(readFileSync(join(ROOT, "package.json"), "utf8"));
    const named = [...licences.matchAll(/^(\S+) \d+\.\d+\.\d+: \S+$/gm)].map(([, name]) => name);
    // Of this one we use types alone.
    const { "@opentelemetry/sdk-trace-base": _types, ...bundled } = dependencies;
    expect(named).toEqual(expect.arrayContaining(Object.keys(bundled)));
  });

  test("are of the platform that their name says, with a blob that Node looks for", () => {
    // A process of that platform reads the fuse at its start: Node sets its last digit when a blob was added.
    const fuse = "NODE_SEA_FUSE_fce680ab2cc467b6e072b8b5df1996b2:1";
    const [elf, machO, pe] = ["linux-x64", "darwin-arm64", "windows-x64.exe"].map((name) =>
      readFileSync(join(folder, `go2perfetto-${name}`)),
    ) as [Buffer, Buffer, Buffer];
    for (const file of [elf, machO, pe]) {
      expect(file.includes(fuse)).toBe(true);
      expect(file.includes("Reads Go execution traces. Converts them for ui.perfetto.dev")).toBe(true);
    }
    expect([elf.toString("latin1", 0, 4), elf.readUInt16LE(18)]).toEqual(["\x7fELF", 0x3e]);
    expect([machO.readUInt32LE(0), machO.readUInt32LE(4)]).toEqual([0xfeedfacf, 0x0100000c]);
    expect(machO.subarray(0, 8192).includes("NODE_SEA\0")).toBe(true);
    const header = pe.readUInt32LE(0x3c);
    expect([pe.toString("latin1", 0, 2), pe.toString("latin1", header, header + 4)]).toEqual([
      "MZ",
      "PE\0\0",
    ]);
    expect(pe.readUInt16LE(header + 4)).toBe(0x8664);
    expect(pe.includes(Buffer.from("NODE_SEA_BLOB", "utf16le"))).toBe(true);
  });

  test("say their version, and what is wrong", () => {
    const { version } = JSON.parse(readFileSync(join(ROOT, "package.json"), "utf8"));
    expect(run("--version")).toEqual({ code: 0, stdout: Buffer.from(`${version}\n`), stderr: "" });
    const wrong = ["stats", "absent.trace"];
    expect(run(...wrong)).toEqual(go2perfetto(wrong));
    expect(NODE_VERSION).toMatch(/^26\./);
  });

  test("load Node's modules with their compiled code, which V8 takes with its default flags only", () => {
    const env = { ...ALONE, NODE_DEBUG_NATIVE: "code_cache" };
    const { stdout, stderr } = spawnSync(program, ["--version"], { env, encoding: "utf8" });
    const verdicts = `${stdout}${stderr}`.match(/(?<=^Code cache of .*)(accepted|rejected)$/gm);
    expect(new Set(verdicts)).toEqual(new Set(["accepted"]));
  });

  test.each([
    ["convert", [TRACE, "-o", "-"]],
    ["convert to JSON, lean", [TRACE, "-o", "-", "--format", "json"]],
    ["convert a part", [TRACE, "-o", "-", "--from", "1ms", "--to", "5ms"]],
    ["convert an old trace", [OLD, "-o", "-"]],
    ["stats", ["stats", TRACE]],
    ["stats --html", ["stats", TRACE, "--html", "/dev/stdout", "-q"]],
    ["trim", ["trim", TRACE, "--from", "1ms", "-o", "-"]],
    ["explain", ["explain", TRACE]],
    ["check", ["check", TRACE, "--assert", "sched.p99 < 1ns"]],
    ["diff", ["diff", TRACE, OLD, "--json"]],
    ["pprof", ["pprof", "sync", TRACE, "-o", "-"]],
    ["info", ["info", TRACE]],
    ["dump", ["dump", OLD]],
    ["completion", ["completion", "bash", "--", "pprof", "s"]],
  ])("%s: as with Node", (_what, args) => {
    const { code, stdout, stderr } = go2perfetto(args);
    const own = run(...args);
    expect([own.code, timeless(own.stderr)]).toEqual([code, timeless(stderr)]);
    expect(own.stdout.equals(stdout)).toBe(true);
  });

  test("convert batches in threads", () => {
    const out = emptyFolder();
    const { code, stderr } = run(
      "batch",
      TRACE,
      OLD,
      "--out-dir",
      out,
      "--also",
      "pprof,stats,html",
      "--jobs",
      "2",
    );
    expect([code, stderr.split("\n").at(-2)]).toEqual([0, "2 traces"]);
    const expected = go2perfetto([TRACE, "-o", "-"]).stdout;
    expect(readFileSync(join(out, "sync-go1.26.pftrace")).equals(expected)).toBe(true);
    expect(filesIn(out)).toEqual(
      expect.arrayContaining([
        "annotations-go1.21.stats.json",
        "annotations-go1.21.report.html",
        "index.html",
      ]),
    );
  });

  test("a trace that a thread cannot read fails alone", () => {
    const [traces, out] = [emptyFolder(), emptyFolder()];
    copyFileSync(TRACE, join(traces, "good.trace"));
    writeFileSync(join(traces, "broken.trace"), "none");
    const { code, stdout } = run("batch", traces, "--out-dir", out);
    expect(code).toBe(1);
    expect(stdout.toString()).toMatch(/broken\.trace .* not a Go execution trace/s);
    expect(filesIn(out)).toContain("good.pftrace");
  });

  test("serve a trace to Perfetto's UI", { timeout: WAIT }, async () => {
    const release = await takeViewerPort();
    const child = spawn(program, ["open", TRACE, "--no-browser"], { env: ALONE });
    child.stderr.setEncoding("utf8");
    let said = "";
    for await (const text of child.stderr) {
      said += text;
      if (said.includes("url=")) break;
    }
    const url = decodeURIComponent(/url=([^&\s]+)/.exec(said)?.[1] ?? "");
    const [response] = await once(get(url, { headers: { origin: "https://ui.perfetto.dev" } }), "response");
    const body = await buffer(response);
    expect(body.equals(go2perfetto([TRACE, "-o", "-"]).stdout)).toBe(true);
    expect(await once(child, "exit")).toEqual([0, null]);
    await release();
  });

  test("serve the page that converts in a browser", async () => {
    const child = spawn(program, ["page", "--no-browser"], { env: ALONE });
    const [said] = await once(child.stderr, "data");
    const [response] = await once(get(/http:\S+/.exec(String(said))?.[0] ?? ""), "response");
    expect((await buffer(response)).equals(readFileSync(join(ROOT, "dist-web/index.html")))).toBe(true);
    child.kill("SIGINT");
    await once(child, "exit");
  });

  test("send spans", async () => {
    const endpoint = await FakeEndpoint.start(() => undefined);
    const args = ["otlp", TRACE, "--endpoint", endpoint.url, "--start-time", "2026-01-01T00:00:00Z"];
    const child = spawn(program, args, { env: ALONE });
    const stderr = await buffer(child.stderr);
    expect([child.exitCode ?? (await once(child, "exit"))[0], stderr.toString()]).toEqual([
      0,
      expect.stringMatching(/spans/),
    ]);
    expect(endpoint.requests.length).toBeGreaterThan(0);
    await endpoint.close();
  });
});

/** Messages without the times that a run took. */
function timeless(text: string): string {
  return text.replace(/\d[\d.]* m?s\b/g, "…");
}
