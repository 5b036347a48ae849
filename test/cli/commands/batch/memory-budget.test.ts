import { execFileSync } from "node:child_process";
import { readFileSync, truncateSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { gzipSync } from "node:zlib";
import { expect, test } from "vitest";
import { MemoryBudget, memoryNeed } from "../../../../src/cli/commands/batch/memory-budget.js";
import { emptyFolder, fixture } from "../../command.js";

const MB = 1 << 20;
const header = (minor: number) => Buffer.from(`go 1.${minor} trace\0\0\0`);

/** A file that begins so and is so large, without taking up that room. */
function fileOf(name: string, start: Uint8Array, size: number): string {
  const path = join(emptyFolder(), name);
  writeFileSync(path, start);
  truncateSync(path, size);
  return path;
}

/** Takes memory for traces one after the other. @returns which have it, as the list goes on */
function takers(budget: MemoryBudget, paths: readonly string[]): { name: string; release: () => void }[] {
  const holding: { name: string; release: () => void }[] = [];
  for (const path of paths) {
    budget.take(path).then((release) => holding.push({ name: path.split("/").at(-1) ?? "", release }));
  }
  return holding;
}

/** Long enough for the sizes of files to be known. */
const settle = () => sleep(300);

test("as many large traces are worked on at once as there is memory for, by their number and not their size", async () => {
  const paths = ["a", "b", "c"].map((name) => fileOf(`${name}.trace`, header(26), 5000 * MB));
  const holding = takers(new MemoryBudget(400 * MB), paths);
  await settle();
  expect(holding).toHaveLength(2);
  holding[0]?.release();
  await settle();
  expect(new Set(holding.map(({ name }) => name)).size).toBe(3);
});

test("one alone always starts, and the next when it is done", async () => {
  const paths = ["a", "b"].map((name) => fileOf(`${name}.trace`, header(26), 100));
  const holding = takers(new MemoryBudget(1), paths);
  await settle();
  expect(holding).toHaveLength(1);
  holding[0]?.release();
  await settle();
  expect(holding).toHaveLength(2);
});

test("a trace without generations needs its order, a gzipped one its bytes or a generation of them", async () => {
  const zipped = (bytes: Uint8Array) => fileOf("a.gz", gzipSync(bytes), gzipSync(bytes).length);
  const http = Buffer.concat([readFileSync(fixture("http.trace")), Buffer.alloc(4 * MB)]);
  const old = Buffer.concat([header(21), http.subarray(16)]);
  expect(await memoryNeed(fileOf("a.trace", header(26), 1000 * MB))).toBe(160 * MB);
  expect(await memoryNeed(fileOf("a.trace", header(21), 1000 * MB))).toBe(1160 * MB);
  // By what the file is, not by its name.
  expect(await memoryNeed(zipped(http))).toBe(160 * MB + http.length);
  expect(await memoryNeed(zipped(old))).toBe(160 * MB + 2 * old.length);
  const huge = fileOf("a.gz", gzipSync(http), 300 * MB);
  expect(await memoryNeed(huge)).toBe((160 + 256) * MB);
  expect(await memoryNeed("none")).toBe(160 * MB);
});

test("a gzip file of several members is not taken for its last one", async () => {
  const lines = Array.from({ length: 300_000 }, (_each, i) => `event ${i} at ${i * 17}\n`);
  const bytes = Buffer.concat([header(26), Buffer.from(lines.join(""))]);
  const parts = [
    bytes.subarray(0, MB),
    bytes.subarray(MB, 4 * MB),
    bytes.subarray(4 * MB, -1),
    bytes.subarray(-1),
  ];
  const zipped = Buffer.concat(parts.map((part) => gzipSync(part)));
  const need = (await memoryNeed(fileOf("a.gz", zipped, zipped.length))) - 160 * MB;
  expect(need / bytes.length).toBeGreaterThan(0.9);
  expect(need / bytes.length).toBeLessThan(1.5);
});

test.skipIf(process.platform === "win32")("a pipe is left to who works on it", async () => {
  const path = join(emptyFolder(), "pipe");
  execFileSync("mkfifo", [path]);
  expect(await memoryNeed(path)).toBe(160 * MB);
});
