import { FORMATS, type ReadingMessage } from "go2perfetto";
import type { Grouping, LaneChoice, StackMode, TrackGroup } from "go2perfetto/perfetto";

/** What a person chose for a conversion, as the options of the command line. */
export interface Choices {
  readonly detail: "auto" | "full" | "lean";
  readonly group: Grouping;
  readonly stacks: StackMode;
  readonly lanes: LaneChoice;
  readonly tracks: readonly TrackGroup[];
  /** As typed; empty if not given. */
  readonly from: string;
  readonly to: string;
  readonly goroutine: string;
  readonly task: string;
  readonly related: boolean;
  readonly anonymize: boolean;
  /** Where a viewer shows traces of the program's own tracing. */
  readonly traceUrl: string;
}

/** What the page can make of a trace: a file for a viewer, or a Go trace of the chosen part, repaired. */
export const OUTPUTS = [...FORMATS, "trim.trace"] as const;
export type Output = (typeof OUTPUTS)[number];

/** What can be made of a trace. */
export type Task =
  | { readonly work: "convert"; readonly format: Output }
  | { readonly work: "profiles" }
  | { readonly work: "report" };

/** What the page asks of a worker: one task. */
export type Work = { readonly file: File; readonly choices: Choices } & Task;

/** What can be said of a trace that was read. */
export interface Reading {
  /** As in its header, such as `go 1.26`. */
  readonly version: string;
  readonly events: number;
  /** Nanoseconds. */
  readonly duration: number;
  /** Warnings, and what was lost. */
  readonly messages: readonly ReadingMessage[];
  /** What was left out on purpose, or is not in the trace. */
  readonly leftOut: readonly ReadingMessage[];
}

/** A file to download. */
export interface Product {
  readonly name: string;
  /** What it holds, if the name does not tell. */
  readonly about?: string;
  readonly blob: Blob;
}

/** What a worker answers: progress, then one of the others. */
export type Answer =
  | {
      readonly is: "progress";
      readonly bytes: number;
      readonly size: number | undefined;
      readonly events: number;
    }
  | { readonly is: "done"; readonly products: readonly Product[]; readonly reading: Reading }
  | { readonly is: "failed"; readonly message: ReadingMessage };
