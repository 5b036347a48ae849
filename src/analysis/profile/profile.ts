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
