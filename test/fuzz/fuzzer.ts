import { Random } from "../support/simulator/random.js";
import { Corpus, FORMATS } from "./corpus.js";
import { TOGETHER } from "./examine.js";
import { FINDING_KINDS, type Finding, type FindingKind, signatureOf } from "./findings.js";
import { minimized } from "./minimizer.js";
import { Mutator } from "./mutator.js";
import type { Subject } from "./subject.js";
import { OURS, targetsOf } from "./targets.js";

export interface FuzzOptions {
  readonly seed: number;
  /** Inputs to try; the first that is reached of this and the time ends it. */
  readonly runs?: number;
  readonly minutes?: number;
  /** Number of the first input. */
  readonly first?: number;
  readonly progress?: (totals: Totals) => void;
  /** Called for the first input of each kind of finding, when it has been made small. */
  readonly found?: (found: Found) => void;
}

/** The smallest input that was found of a cause. */
export interface Found {
  readonly finding: Finding;
  /** Number of the input that had it, for {@link mutantOf}. */
  readonly index: number;
  readonly bytes: Uint8Array;
}

export interface Totals {
  inputs: number;
  bytes: number;
  seconds: number;
  /** Inputs of which something was found, by what. */
  readonly counts: Record<FindingKind, number>;
  readonly found: Found[];
}

/** The input of a number: the formats take turns. */
export function mutantOf(mutator: Mutator, seed: number, index: number): Uint8Array {
  const random = new Random(seed * 1_000_003 + index);
  return mutator.mutant(FORMATS[index % FORMATS.length] as number, random);
}

/** Tries damaged inputs, a round through the formats at a time: of those the same is made. */
export async function fuzz(subject: Subject, options: FuzzOptions): Promise<Totals> {
  const { seed, first = 0, runs = Number.POSITIVE_INFINITY, minutes = Number.POSITIVE_INFINITY } = options;
  const mutator = new Mutator(new Corpus());
  const known = new Set<string>();
  const counts = Object.fromEntries(FINDING_KINDS.map((kind) => [kind, 0])) as Totals["counts"];
  const totals: Totals = { inputs: 0, bytes: 0, seconds: 0, counts, found: [] };
  const start = performance.now();
  for (let index = first; index < first + runs && totals.seconds < minutes * 60; ) {
    const round = Math.floor(index / FORMATS.length);
    const count = Math.min((round + 1) * FORMATS.length, first + runs) - index;
    const inputs = Array.from({ length: count }, (_, i) => mutantOf(mutator, seed, index + i));
    const names = targetsOf(round);
    const findings = await subject.examineAll(inputs, names);
    for (const [i, bytes] of inputs.entries()) {
      for (const finding of await confirmed(subject, bytes, names, findings[i] ?? [])) {
        counts[finding.kind]++;
        const signature = signatureOf(finding);
        if (known.has(signature)) continue;
        known.add(signature);
        const found = { finding, index: index + i, bytes: await smallest(subject, bytes, finding) };
        totals.found.push(found);
        options.found?.(found);
      }
      totals.bytes += bytes.length;
    }
    index += count;
    totals.inputs += count;
    totals.seconds = (performance.now() - start) / 1000;
    options.progress?.(totals);
  }
  subject.stop();
  return totals;
}

/**
 * What is wrong with an input. Memory and hangs must be found again by a process that has seen no other input: what others had in
 * use is none of this one's.
 */
async function confirmed(
  subject: Subject,
  bytes: Uint8Array,
  names: readonly string[],
  findings: readonly Finding[],
): Promise<readonly Finding[]> {
  if (!findings.some(({ kind }) => kind === "memory" || kind === "hang")) return findings;
  subject.stop();
  return subject.examine(bytes, names);
}

function smallest(subject: Subject, bytes: Uint8Array, finding: Finding): Promise<Uint8Array> {
  const signature = signatureOf(finding);
  const names = finding.target === TOGETHER ? OURS : [finding.target];
  return minimized(bytes, async (some) => {
    const findings = await subject.examine(some, names);
    return findings.some((each) => signatureOf(each) === signature);
  });
}
