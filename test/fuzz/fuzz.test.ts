// @module-tag long
// @module-tag slowest
import { rmSync } from "node:fs";
import { afterAll, expect, test } from "vitest";
import { bundleFuzzer } from "./bundle.mjs";
import { FORMATS } from "./corpus.js";
import { signatureOf } from "./findings.js";
import { fuzz } from "./fuzzer.js";
import { Subject } from "./subject.js";

const INPUTS_OF_A_FORMAT = 200;
const SEED = 1;

const { dir, subject } = await bundleFuzzer();
afterAll(() => rmSync(dir, { recursive: true, force: true }));

test("nothing is wrong with what is made of damaged traces", { timeout: 900_000 }, async () => {
  const runs = INPUTS_OF_A_FORMAT * FORMATS.length;
  const { inputs, found } = await fuzz(new Subject(subject), { runs, seed: SEED });
  expect(inputs).toBe(runs);
  const lines = found.map(
    ({ finding, index }) =>
      `${signatureOf(finding)}: npm run fuzz -- --seed ${SEED} --first ${index} --runs 1`,
  );
  expect(lines).toEqual([]);
});
