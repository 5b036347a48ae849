import type { StackFrame } from "../../event/tables.js";
import type { ProfileKind, SampleType } from "./kinds.js";

/** The labels of a sample; "" means unknown or none. */
export interface SampleLabels {
  /** The goroutine's start function. */
  readonly goroutine: string;
  /** Why it waited or stopped, in the runtime's words. */
  readonly reason: string;
  /** Its innermost user region, and the type of the region's task. */
  readonly region: string;
  readonly task: string;
}

export interface ProfileSample {
  /** From the innermost frame to the outermost; empty without a stack. */
  readonly stack: readonly StackFrame[];
  /** By {@link Profile.sampleTypes}. */
  readonly values: readonly number[];
  readonly labels: SampleLabels;
}

/** Kinds of profiles, with that of critical paths, which takes two passes. */
export type AnyKind = ProfileKind | "path";

/** A profile whose samples are made when they are asked for, since there may be a million. */
export interface ProfileStream<Kind extends AnyKind = ProfileKind> {
  readonly kind: Kind;
  readonly sampleTypes: readonly SampleType[];
  /** The period of the samples, and its type. */
  readonly periodType: SampleType;
  readonly period: number;
  /** Samples of one stack differ in labels. */
  readonly samples: Iterable<ProfileSample>;
  /** The duration that it covers, in nanoseconds. */
  readonly duration: number;
}

/** Where goroutines spent their time, by stack. */
export interface Profile extends ProfileStream {
  readonly samples: readonly ProfileSample[];
}

/**
 * The difference of two profiles of one kind; values may be negative. Samples match by PCs and labels, and those
 * without a difference are left out. The profiles may be of different builds, as with `go tool pprof -base`: pprof sums
 * functions by name.
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
