import { readFileSync } from "node:fs";
import { fixtureTraces, goTests, minorOf } from "../support/corpus.js";
import type { Random } from "../support/simulator/random.js";
import { simulate } from "../support/simulator/simulator.js";
import { simulateV1 } from "../support/simulator/v1/simulator.js";
import { V1_FORMATS } from "../support/trace-v1-builder.js";
import { FIRST_OF_FORMAT_2, type Pieces, takeApart } from "./pieces.js";

/** Formats that are fuzzed, by the N of their header `go 1.N trace`. */
export const FORMATS: readonly number[] = [...V1_FORMATS, 22, 23, 25, 26];

/** Fixtures up to that are taken. Larger traces take longer, and damage to them is of no other kinds. */
const MOST_BYTES = 10_000;
/** Seeds of made-up programs, of which the smallest traces are taken, and how many those are of each format. */
const SEEDS = 48;
const SIMULATED = 8;

/** The sound traces of each format that are damaged: small fixtures, and those of made-up programs. */
export class Corpus {
  readonly #byFormat = new Map<number, Pieces[]>();

  constructor() {
    const seeds = Array.from({ length: SEEDS }, (_, seed) => seed);
    const bytesOf = new Map<number, Uint8Array[]>();
    const ofFormat2 = seeds.map(simulate);
    for (const minor of FORMATS) {
      const isFormat2 = minor >= FIRST_OF_FORMAT_2;
      const simulated = isFormat2
        ? ofFormat2
        : seeds.slice(0, SEEDS / 2).map((seed) => simulateV1(seed, minor));
      const own = simulated.filter((trace) => trace.minor === minor).map(({ bytes }) => bytes);
      own.sort((a, b) => a.length - b.length);
      bytesOf.set(minor, own.slice(0, SIMULATED));
    }
    for (const { path } of [...fixtureTraces(), ...goTests()]) {
      const bytes = new Uint8Array(readFileSync(path));
      if (bytes.length <= MOST_BYTES) bytesOf.get(minorOf(path))?.push(bytes);
    }
    for (const [minor, all] of bytesOf)
      this.#byFormat.set(minor, all.sort((a, b) => a.length - b.length).map(takeApart));
  }

  /** One of a format, rather a small one: it takes less time, and a damage is a larger part of it. */
  pick(minor: number, random: Random): Pieces {
    const all = this.#byFormat.get(minor) ?? [];
    return all[Math.floor(random.next() ** 3 * all.length)] as Pieces;
  }
}
