import { describe, expect, it } from "vitest";
import { goTests, validTraces } from "../../support/corpus.js";
import { readFileBlocks } from "../../support/reading.js";
import { Validator } from "../../support/validator.js";

describe("ordered events", () => {
  it.each([...validTraces(), ...goTests()])("make sense: $name", async ({ path }) => {
    const validator = new Validator();
    await readFileBlocks(path, {}, (block) => validator.block(block));
    expect(validator.problems).toEqual([]);
    expect(validator.events).toBeGreaterThan(0);
  });
});
