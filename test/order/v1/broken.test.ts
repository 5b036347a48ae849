import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { AsGoTells } from "../../support/as-go-tells.js";
import { fixtureTraces, fuzzTraces, invalidTraces, isFormat1, otherTraces } from "../../support/corpus.js";
import { LIKE_GO, openBytes, readBlocks, readFileBlocks } from "../../support/reading.js";
import { usedBuffers } from "../../support/used-memory.js";
import { Validator } from "../../support/validator.js";

const MALFORMED = [...fuzzTraces(), ...invalidTraces()].filter(isFormat1);
const OTHERS = otherTraces().filter(isFormat1);
/** Go's tools of today do not know FutileWakeup. */
const KNOWS_MORE = new Set(["4055b17cae1a3443"]);
const MOST_MEMORY = 96 << 20;

/** Reads a trace as far as it goes; gives the number of events, the error and what makes no sense. */
async function salvage(path: string) {
  const validator = new Validator({ isFormat1: true });
  const error = await readFileBlocks(path, {}, (block) => validator.block(block));
  const { problems } = validator;
  return { error, events: validator.events, problems };
}

describe("a malformed trace", () => {
  it.each(MALFORMED)("is refused where Go's reader refuses it: $name", async ({ name, path, expect: go }) => {
    let events = 0;
    const view = new AsGoTells(path);
    const error = await readFileBlocks(path, LIKE_GO, (block) => {
      events += view.block(block).length;
    });
    if (KNOWS_MORE.has(name)) expect([events, error]).toEqual([2, undefined]);
    else expect([events, error === undefined]).toEqual([go.events ?? 0, go.readerRc === 0]);
  });

  it.each([...MALFORMED, ...OTHERS])("gives what stands before the place: $name", async ({ path }) => {
    const { error, problems } = await salvage(path);
    expect(problems).toEqual([]);
    if (error !== undefined && error.code !== "stuck")
      expect(error.facts.offset).toBeLessThanOrEqual(readFileSync(path).length);
  });

  it("takes no more memory than a sound one", async () => {
    const before = usedBuffers();
    let largest = before;
    for (const { path } of MALFORMED) {
      await salvage(path);
      largest = Math.max(largest, process.memoryUsage().arrayBuffers);
    }
    expect(largest - before).toBeLessThan(MOST_MEMORY);
  });
});

const SOUND = fixtureTraces().filter(isFormat1);

describe.runIf(SOUND.length > 0)("a sound trace that is cut anywhere", () => {
  it.each(SOUND)("gives events, and an error with a place: $name", async ({ path }) => {
    const bytes = readFileSync(path);
    const step = Math.max(1, Math.floor(bytes.length / 150));
    for (let length = 17; length < bytes.length; length += step) {
      const validator = new Validator({ isFormat1: true });
      const trace = await openBytes(bytes.subarray(0, length));
      const error = await readBlocks(trace, (block) => validator.block(block));
      expect(validator.problems).toEqual([]);
      // A cut between two events behind the frequency cannot be seen: nothing marks the end.
      if (error !== undefined) expect(error.facts.offset).toBeLessThanOrEqual(length);
    }
  });
});
