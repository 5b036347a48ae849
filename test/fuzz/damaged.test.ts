// @module-tag long
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { FIXTURES } from "../support/corpus.js";
import { examine } from "./examine.js";
import { OURS } from "./targets.js";

const FOLDER = join(FIXTURES, "damaged");

test.each(readdirSync(FOLDER))("nothing is wrong any more with what is made of %s", async (file) => {
  const bytes = new Uint8Array(readFileSync(join(FOLDER, file)));
  expect(await examine(bytes, { names: OURS, apart: true })).toEqual([]);
});
