import { copyFileSync, readFileSync, renameSync, truncateSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeEach, expect, test } from "vitest";
import { LastingInput } from "../../../src/cli/input/lasting-input.js";
import { openOutput } from "../../../src/cli/output/open-output.js";
import { emptyFolder, fixture } from "../command.js";

const BYTES = readFileSync(fixture("sync-go1.26.trace"));

let path: string;
let out: string;
let input: LastingInput;

beforeEach(async () => {
  const folder = emptyFolder();
  path = join(folder, "in.trace");
  out = join(folder, "out.trace");
  copyFileSync(fixture("sync-go1.26.trace"), path);
  input = await LastingInput.open(path, {});
  return () => input.close();
});

/** Copies so many bytes of the input. @returns whether there were as many */
async function copied(count: number): Promise<boolean> {
  const output = await openOutput(out);
  const isWhole = await input.copy(count, output);
  await output.close();
  return isWhole;
}

test("a file that gets another's name, or grows, is copied as it was read", async () => {
  writeFileSync(path, "more", { flag: "a" });
  writeFileSync(`${path}.new`, "another");
  renameSync(`${path}.new`, path);
  expect(await copied(BYTES.length)).toBe(true);
  expect(readFileSync(out).equals(BYTES)).toBe(true);
});

test("a file that becomes shorter is not taken for whole", async () => {
  truncateSync(path, 1000);
  expect(await copied(BYTES.length)).toBe(false);
});
