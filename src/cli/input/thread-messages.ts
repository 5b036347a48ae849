import type { DiagnosticCount } from "../../base/diagnostics.js";
import { TraceError, type TraceErrorCode, type TraceErrorFacts } from "../../base/errors.js";
import type { Generation } from "../../event/generation.js";
import type { TraceOptions } from "../../order/trace.js";
import type { StacksPart } from "../../wire/stack-table.js";
import type { StringsPart } from "../../wire/string-table.js";

/** Options of `TraceOptions` that are no functions. */
export type ReadingOptions = Pick<TraceOptions, "salvage" | "slow">;

/** What the reading thread is started with. */
export interface ReadingTask {
  readonly name: string;
  readonly size: number;
  /** Of the file, which may be gzip. The other thread closes it. */
  readonly descriptor: number;
  /** Of the `BlockRing`. */
  readonly memory: SharedArrayBuffer;
  readonly options: ReadingOptions;
}

/** A message of the reading thread, in this order. */
export type ReadingMessage =
  /** It has loaded its modules. */
  { readonly type: "loaded" } | FilledBlocks | ReadingEnd;

/** The next blocks of the ring are filled. They are of one generation. */
export interface FilledBlocks {
  readonly type: "blocks";
  /** Of the blocks. */
  readonly lengths: readonly number[];
  /** What is new since the message before. Undefined for blocks without a generation. */
  readonly generation: GenerationPart | undefined;
  readonly progress: ReadingProgress;
}

/** As `Trace` has it. */
export interface ReadingProgress {
  readonly timeBase: number;
  readonly bytesRead: number;
  readonly generations: number;
}

export interface GenerationPart {
  /** Present if the generation is new. */
  readonly facts: GenerationFacts | undefined;
  readonly strings: StringsPart;
  readonly stacks: StacksPart;
}

/** A generation without its tables. */
export type GenerationFacts = Omit<Generation, "strings" | "stacks">;

/** All events are read, or an error ended that. */
export interface ReadingEnd {
  readonly type: "end";
  readonly progress: ReadingProgress;
  readonly diagnostics: readonly DiagnosticCount[];
  readonly error: ErrorData | undefined;
}

/** An error as plain data. Node sends only message and stack of an error. */
export interface ErrorData {
  readonly message: string;
  readonly stack: string | undefined;
  /** Of a TraceError. */
  readonly trace: { readonly code: TraceErrorCode; readonly facts: TraceErrorFacts } | undefined;
  /** Of another error: what it has besides, such as the code of the system. */
  readonly facts: Readonly<Record<string, unknown>>;
  readonly cause: ErrorData | undefined;
}

export function errorData(error: unknown): ErrorData {
  if (!(error instanceof Error)) return errorData(new Error(String(error)));
  const { message, stack, cause } = error;
  const trace = error instanceof TraceError ? { code: error.code, facts: error.facts } : undefined;
  const facts = trace === undefined ? plain(error) : {};
  return { message, stack, trace, facts, cause: cause === undefined ? undefined : errorData(cause) };
}

/** The error again. */
export function errorOf({ message, stack, trace, facts, cause }: ErrorData): Error {
  const error =
    trace === undefined
      ? Object.assign(new Error(message), facts)
      : new TraceError(trace.code, message, trace.facts);
  if (stack !== undefined) error.stack = stack;
  if (cause !== undefined) error.cause = errorOf(cause);
  return error;
}

/** The numbers and texts of an error, besides those that every error has. */
function plain(error: Error): Record<string, unknown> {
  const own = Object.entries(error);
  return Object.fromEntries(
    own.filter(([, value]) => typeof value === "string" || typeof value === "number"),
  );
}
