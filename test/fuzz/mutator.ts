import type { Random } from "../support/simulator/random.js";
import { assemble } from "./assemble.js";
import { damagedBatches } from "./batch-damage.js";
import { damagedBytes } from "./byte-damage.js";
import { type Corpus, FORMATS } from "./corpus.js";
import { damagedItems } from "./item-damage.js";
import { FIRST_OF_FORMAT_2, type Pieces } from "./pieces.js";

/** How often one more damage is done. */
const ONE_MORE = 0.6;
const MOST_DAMAGES = 8;
const OTHER_VERSION = 0.03;

/** Damages sound traces at random, in ways that programs, machines and attackers do; the same seed gives the same bytes. */
export class Mutator {
  readonly #corpus: Corpus;

  constructor(corpus: Corpus) {
    this.#corpus = corpus;
  }

  /** A damaged trace that was one of the given format. */
  mutant(minor: number, random: Random): Uint8Array {
    const sound = this.#corpus.pick(minor, random);
    return damaged(sound, random, () => this.#corpus.pick(this.#relative(minor, random), random));
  }

  /** A format whose batches look the same: mostly this one. */
  #relative(minor: number, random: Random): number {
    if (random.chance(0.5)) return minor;
    return random.pick(relatives(minor));
  }
}

/** Does some damage to a trace. @param other gives one from which parts may come */
export function damaged(sound: Pieces, random: Random, other: () => Pieces): Uint8Array {
  let pieces = sound;
  let ofBytes = 0;
  for (let i = 0; i === 0 || (i < MOST_DAMAGES && random.chance(ONE_MORE)); i++) {
    const kind = random.next();
    if (kind < 0.45) pieces = damagedItems(pieces, random);
    else if (kind < 0.75) pieces = damagedBatches(pieces, random, other);
    else ofBytes++;
  }
  if (random.chance(OTHER_VERSION)) pieces = { ...pieces, minor: random.pick(relatives(pieces.minor)) };
  let bytes = assemble(pieces);
  for (; ofBytes > 0; ofBytes--) bytes = damagedBytes(bytes, random);
  return bytes;
}

function relatives(minor: number): readonly number[] {
  return FORMATS.filter((each) => each < FIRST_OF_FORMAT_2 === minor < FIRST_OF_FORMAT_2);
}
