// @module-tag long
import { expect, test } from "vitest";
import { HEADER_LENGTH, headerVersion } from "../../src/wire/format.js";
import { Corpus, FORMATS } from "./corpus.js";
import { mutantOf } from "./fuzzer.js";
import { Mutator } from "./mutator.js";

const INPUTS = 600;
const mutator = new Mutator(new Corpus());
const inputs = (seed: number) => Array.from({ length: INPUTS }, (_, index) => mutantOf(mutator, seed, index));

test("the same seed gives the same inputs, another one others", () => {
  const [once, again, others] = [inputs(1), [] as Uint8Array[], inputs(2)];
  again.push(...inputs(1));
  expect(again.every((bytes, i) => Buffer.compare(bytes, once[i] as Uint8Array) === 0)).toBe(true);
  const same = others.filter((bytes, i) => Buffer.compare(bytes, once[i] as Uint8Array) === 0);
  expect(same.length).toBeLessThan(INPUTS / 20);
});

test("all formats come, with their headers", () => {
  const versions = new Set(inputs(3).map((bytes) => headerVersion(bytes.subarray(0, HEADER_LENGTH))));
  expect([...versions].sort((a = 0, b = 0) => a - b)).toEqual(FORMATS);
});
