import type { Interner } from "../../base/interner.js";
import type { StackFrame } from "../../event/tables.js";
import { kindInfo, type ProfileKind, SAMPLE_PERIOD, valuesOf } from "./kinds.js";
import type { Profile, ProfileSample } from "./profile.js";
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
export function profileOf(table: SampleTable, names: SampleNames, choice: Choice): Profile {
  const { duration, kind } = choice;
  const { activity } = kindInfo(kind);
  const isKept = reasonTest(names.reasons, choice);
  const framesOf = framesOnce(names.stacks);
  const samples: ProfileSample[] = [];
  for (let row = 0; row < table.length; row++) {
    if (table.activity[row] !== activity || !isKept(table.reason[row] as number)) continue;
    const count = table.count[row] as number;
    const delay = table.delay[row] as number;
    if (count === 0 && delay === 0) continue;
    samples.push({
      stack: framesOf(table.stack[row] as number),
      values: [count, kind === "cpu" ? count * SAMPLE_PERIOD : delay],
      labels: {
        goroutine: names.functions.text(table.func[row] as number),
        reason: names.reasons.text(table.reason[row] as number),
        region: names.regions.text(table.region[row] as number),
        task: names.taskTypes.text(table.task[row] as number),
      },
    });
  }
  return { kind, ...valuesOf(kind), samples, duration };
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

/** The frames of stacks by number; a stack has one array. */
function framesOnce(stacks: StackNumbers): (number: number) => readonly StackFrame[] {
  const known = new Map<number, readonly StackFrame[]>();
  return (number) => {
    let frames = known.get(number);
    if (frames === undefined) {
      frames = stacks.frames(number);
      known.set(number, frames);
    }
    return frames;
  };
}
