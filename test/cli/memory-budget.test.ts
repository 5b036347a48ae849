import { mkdirSync, truncateSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { expect, test } from "vitest";
import { MemoryBudget } from "../../src/cli/batch/memory-budget.js";
import { emptyFolder } from "./command.js";

const MB = 1 << 20;

function fileOf(name: string, size: number): string {
  const folder = emptyFolder();
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, name), "");
  truncateSync(join(folder, name), size);
  return join(folder, name);
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
  const paths = ["a", "b", "c"].map((name) => fileOf(`${name}.trace`, 5000 * MB));
  const holding = takers(new MemoryBudget(400 * MB), paths);
  await settle();
  expect(holding).toHaveLength(2);
  holding[0]?.release();
  await settle();
  expect(new Set(holding.map(({ name }) => name)).size).toBe(3);
});

test("one alone always starts; gzip counts with its size", async () => {
  const paths = ["a", "b"].map((name) => fileOf(`${name}.trace.gz`, 200 * MB));
  const holding = takers(new MemoryBudget(1), paths);
  await settle();
  expect(holding).toHaveLength(1);
  holding[0]?.release();
  await settle();
  expect(holding).toHaveLength(2);
  const more = takers(new MemoryBudget(700 * MB), paths);
  await settle();
  expect(more).toHaveLength(1);
});
