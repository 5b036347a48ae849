import type { Interner } from "../../base/interner.js";
import { kindInfo, type ProfileKind, SAMPLE_PERIOD, valuesOf } from "./kinds.js";
import type { ProfileSample, ProfileStream } from "./profile.js";
import type { SampleTable } from "./sample-table.js";
import type { StackNumbers } from "./stack-numbers.js";

/** Look-ups for the numbers in a table. */
export interface SampleNames {
  readonly functions: Interner;
  readonly reasons: Interner;
  readonly regions: Interner;
  readonly taskTypes: Interner;
  readonly stacks: StackNumbers;
}

interface Choice {
  readonly kind: ProfileKind;
  /** Filters the reasons that belong to the kind. */
  readonly reason?: RegExp;
  /** The duration that it covers, in nanoseconds. */
  readonly duration: number;
}

/** The rows of a table that belong to a profile, in order. */
export function profileOf(table: SampleTable, names: SampleNames, choice: Choice): ProfileStream {
  const { duration, kind } = choice;
  const samples = { [Symbol.iterator]: () => samplesOf(table, names, choice) };
  return { kind, ...valuesOf(kind), samples, duration };
}

function* samplesOf(table: SampleTable, names: SampleNames, choice: Choice): Generator<ProfileSample> {
  const { kind } = choice;
  const { activity } = kindInfo(kind);
  const isKept = reasonTest(names.reasons, choice);
  for (let row = 0; row < table.length; row++) {
    if (table.activity[row] !== activity || !isKept(table.reason[row] as number)) continue;
    const count = table.count[row] as number;
    const delay = table.delay[row] as number;
    if (count === 0 && delay === 0) continue;
    yield {
      stack: names.stacks.frames(table.stack[row] as number),
      values: [count, kind === "cpu" ? count * SAMPLE_PERIOD : delay],
      labels: {
        goroutine: names.functions.text(table.func[row] as number),
        reason: names.reasons.text(table.reason[row] as number),
        region: names.regions.text(table.region[row] as number),
        task: names.taskTypes.text(table.task[row] as number),
      },
    };
  }
}

function reasonTest(texts: Interner, { kind, reason }: Choice): (number: number) => boolean {
  const tests = [kindInfo(kind).reasons, reason].filter((test) => test !== undefined);
  const known = new Map<number, boolean>();
  return (number) => {
    let kept = known.get(number);
    if (kept === undefined) {
      const text = texts.text(number);
      kept = tests.every((test) => text.search(test) >= 0);
      known.set(number, kept);
    }
    return kept;
  };
}
