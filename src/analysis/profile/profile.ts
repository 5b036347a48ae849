import type { StackFrame } from "../../event/tables.js";
import type { ProfileKind, SampleType } from "./kinds.js";

/** What is known of a sample besides its stack; "" is "not known", or none. */
export interface SampleLabels {
  /** The goroutine's start function. */
  readonly goroutine: string;
  /** Why it waited or stopped, in the runtime's words. */
  readonly reason: string;
  /** The innermost user region that it was in, and the type of that region's task. */
  readonly region: string;
  readonly task: string;
}

export interface ProfileSample {
  /** From the innermost frame to the outermost; empty where the trace has none. */
  readonly stack: readonly StackFrame[];
  /** By {@link Profile.sampleTypes}. */
  readonly values: readonly number[];
  readonly labels: SampleLabels;
}

/** Where goroutines spent their time, by stack. */
export interface Profile {
  readonly kind: ProfileKind;
  readonly sampleTypes: readonly SampleType[];
  /** What samples are taken of, and how many of that one stands for. */
  readonly periodType: SampleType;
  readonly period: number;
  /** Those of one stack differ in labels. */
  readonly samples: readonly ProfileSample[];
  /** Nanoseconds that it covers. */
  readonly duration: number;
}

/**
 * What a profile has more than another one of its kind, or less: then a value is negative. Samples are the same with the
 * same PCs and labels; those without a difference are left out. As with `go tool pprof -base`, the profiles need not be
 * of the same build: functions are added up there by name.
 */
export function difference(profile: Profile, base: Profile): Profile {
  const samples = new Map<string, ProfileSample>();
  for (const sample of profile.samples) samples.set(keyOf(sample), sample);
  for (const { stack, values, labels } of base.samples) {
    const key = keyOf({ stack, values, labels });
    const before = samples.get(key)?.values ?? values.map(() => 0);
    const rest = values.map((value, i) => (before[i] ?? 0) - value);
    samples.set(key, { stack: samples.get(key)?.stack ?? stack, values: rest, labels });
  }
  const changed = [...samples.values()].filter(({ values }) => values.some((value) => value !== 0));
  return { ...profile, samples: changed };
}

function keyOf({ stack, labels }: ProfileSample): string {
  const { goroutine, reason, region, task } = labels;
  return JSON.stringify([goroutine, reason, region, task, ...stack.map(({ pc }) => pc.toString(36))]);
}
