import { readFileSync } from "node:fs";
import { Random } from "../support/simulator/random.js";
import { damaged } from "./mutator.js";
import { FIRST_OF_FORMAT_2, type Pieces, takeApart } from "./pieces.js";

/** Always the same damage, so that a failure is no accident. */
const SEED = 20_260_101;

/**
 * Checks damaged copies of traces, one after the other.
 * @param check throws where something is wrong
 * @throws Error with the number of the copy that was wrong
 */
export async function forMutants(
  paths: readonly string[],
  count: number,
  check: (bytes: Uint8Array) => Promise<void>,
): Promise<void> {
  const sound = paths.map((path) => takeApart(new Uint8Array(readFileSync(path))));
  for (let i = 0; i < count; i++) {
    const random = new Random(SEED + i);
    const one = random.pick(sound);
    const relatives = sound.filter(({ minor }) => isFormat2(minor) === isFormat2(one.minor));
    const bytes = damaged(one, random, () => random.pick<Pieces>(relatives));
    await check(bytes).catch((cause: unknown) => {
      throw new Error(`damaged copy ${i}: ${cause}`, { cause });
    });
  }
}

function isFormat2(minor: number): boolean {
  return minor >= FIRST_OF_FORMAT_2;
}
