import { describe, expect, it } from "vitest";
import { type CorpusTrace, goTests, isFormat2, validTraces } from "../support/corpus.js";
import { readFileBlocks } from "../support/reading.js";
import { Validator } from "../support/validator.js";
import { V1Validator } from "../support/validator-v1.js";

describe("ordered events", () => {
  it.each([...validTraces(), ...goTests()])("make sense: $name", async ({ path, cut }: CorpusTrace) => {
    const validator = new Validator({ isFormat1: !isFormat2(path), repairs: cut !== undefined });
    await readFileBlocks(path, {}, (block) => validator.block(block));
    expect(validator.problems).toEqual([]);
    expect(validator.events).toBeGreaterThan(0);
  });

  it.each(validTraces().filter(({ path }) => !isFormat2(path)))(
    "make sense by Ps: $name",
    async ({ path }) => {
      const validator = new V1Validator();
      await readFileBlocks(path, {}, (block) => validator.block(block));
      expect(validator.problems).toEqual([]);
    },
  );
});
