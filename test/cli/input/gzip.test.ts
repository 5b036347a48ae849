import { once } from "node:events";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { constants, gunzipSync, gzipSync } from "node:zlib";
import { describe, expect, test } from "vitest";
import { emptyFolder, fixture, go2perfetto, start } from "../command.js";

const trace = readFileSync(fixture("manygens-sync-go1.26.trace"));
const zipped = gzipSync(trace);

function inFolder(files: Readonly<Record<string, Uint8Array>>): string {
  const folder = emptyFolder();
  for (const [name, bytes] of Object.entries(files)) writeFileSync(join(folder, name), bytes);
  return folder;
}

describe("gzipped input", () => {
  test("that is cut gives the events of the trace that is cut there, from a file and from a pipe", {
    tags: ["long"],
  }, () => {
    const cut = zipped.subarray(0, Math.floor(zipped.length * 0.7));
    const inflated = gunzipSync(cut, { finishFlush: constants.Z_SYNC_FLUSH });
    const cwd = inFolder({ "cut.gz": cut, cut: inflated });
    const expected = go2perfetto(["dump", "cut"], { cwd }).stdout;
    expect(expected.length).toBeGreaterThan(100_000);
    const fromFile = go2perfetto(["dump", "cut.gz"], { cwd });
    const fromPipe = go2perfetto(["dump", "-"], { input: cut });
    for (const { code, stdout, stderr } of [fromFile, fromPipe]) {
      expect([code, stdout.equals(expected)]).toEqual([3, true]);
      expect(stderr).toMatch(
        /is incomplete: the gzip data is cut \(generation \d+, byte \d+, at byte \d+ of/,
      );
      expect(stderr).toContain(`byte ${inflated.length}, at byte ${cut.length} of the gzip file)`);
      expect(stderr).toContain("Copy or compress the file again");
    }
  });

  test("may come a byte at a time", async () => {
    const child = start(["info", "-"], emptyFolder());
    let stdout = "";
    child.stdout.on("data", (chunk) => {
      stdout += chunk;
    });
    const ended = once(child, "exit");
    const small = gzipSync(readFileSync(fixture("hello-go1.26.trace")));
    for (let i = 0; i < 30; i++) {
      child.stdin.write(small.subarray(i, i + 1));
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
    child.stdin.end(small.subarray(30));
    expect(await ended).toEqual([0, null]);
    expect(stdout).toMatch(/^format +go 1\.26/m);
  });

  test("with other bytes behind it is converted, and they are named", () => {
    const cwd = inFolder({ "t.gz": Buffer.concat([zipped, Buffer.from("and more")]) });
    const { code, stderr } = go2perfetto(["t.gz", "-o", "out.pftrace"], { cwd });
    expect(stderr).toContain(
      `8 bytes that are not gzip follow the gzip data (byte ${trace.length}, at byte ${zipped.length} of the gzip file)`,
    );
    expect(code).toBe(3);
    expect(readFileSync(join(cwd, "out.pftrace")).length).toBeGreaterThan(10_000);
  });

  test("that is cut before a trace begins fails", () => {
    const { code, stderr } = go2perfetto(["info", "-"], { input: zipped.subarray(0, 12) });
    expect([code, stderr]).toEqual([
      1,
      expect.stringContaining("cannot read standard input: the gzip data is cut (byte 0, at byte 12 of"),
    ]);
  });
});
