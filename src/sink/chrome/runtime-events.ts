import type { EventBlock } from "../../event/block.js";
import { EventKind, isGc, isRange, isSweep } from "../../event/kind.js";
import { GoroutineRanges } from "./goroutine-ranges.js";
import type { ChromeChoices } from "./options.js";
import { ProcSweeps } from "./proc-sweeps.js";
import type { RowContext } from "./row-context.js";
import type { Rows } from "./rows.js";
import { RuntimeRows } from "./runtime-rows.js";

const K = EventKind;

/** The rows for the runtime's own events; absent unless requested. */
export interface RuntimeParts {
  readonly runtime: RuntimeRows | undefined;
  readonly sweeps: ProcSweeps | undefined;
  readonly ranges: GoroutineRanges;
}

/** Creates the requested rows. */
export function runtimePartsOf(context: RowContext, rows: Rows, { tracks }: ChromeChoices): RuntimeParts {
  const runtime = tracks.has("gc") ? new RuntimeRows(context.events) : undefined;
  const sweeps = rows.procs && new ProcSweeps(context, rows.procs.rows);
  return { runtime, sweeps, ranges: new GoroutineRanges(context, runtime, rows) };
}

/** Passes GC cycles, sweeping, mark assists and stop-the-world to their rows. */
export class RuntimeEvents {
  readonly #stackOf: (event: number) => number;
  readonly #parts: RuntimeParts;
  #block!: EventBlock;
  #firstGeneration = Number.NaN;

  /** @param stackOf returns the number of the stack of an event in the current block */
  constructor(stackOf: (event: number) => number, parts: RuntimeParts) {
    this.#stackOf = stackOf;
    this.#parts = parts;
  }

  block(block: EventBlock): void {
    this.#block = block;
    this.#parts.ranges.block(block);
    const { generation } = block;
    if (generation !== undefined && Number.isNaN(this.#firstGeneration))
      this.#firstGeneration = generation.number;
  }

  /** Takes an event of any kind; ignores other kinds. */
  event(event: number, kind: number): void {
    if (isSweep(kind)) this.#sweep(event, kind);
    else if (isGc(kind)) this.#gc(event, kind);
    else if (isRange(kind)) this.#range(event, kind);
  }

  /** A range that is active in the first generation is older than the trace; in later ones it is known. */
  get #isFirst(): boolean {
    return this.#block.generation?.number === this.#firstGeneration;
  }

  #sweep(event: number, kind: number): void {
    const { sweeps } = this.#parts;
    const { subject, time, value, value2 } = this.#block;
    const proc = subject[event] as number;
    const at = time[event] as number;
    if (kind === K.SweepEnd) sweeps?.end(proc, at, [value[event] as number, value2[event] as number]);
    else if (kind === K.SweepBegin) sweeps?.begin(proc, at, this.#stackOf(event));
    else if (this.#isFirst) sweeps?.begin(proc, 0, 0);
  }

  #gc(event: number, kind: number): void {
    const { runtime } = this.#parts;
    const time = this.#block.time[event] as number;
    if (kind === K.GcBegin) runtime?.gcBegin(time, this.#stackOf(event));
    else if (kind === K.GcEnd) runtime?.gcEnd(time);
    else if (this.#isFirst) runtime?.gcIsOld();
  }

  #range(event: number, kind: number): void {
    // Events that end ranges have no stack of their own.
    const hasStack = kind === K.StwBegin || kind === K.AssistBegin;
    this.#parts.ranges.change(event, hasStack ? this.#stackOf(event) : 0);
  }

  /** Ends open sweeping, with the trace. */
  finishSweeps(time: number): void {
    this.#parts.sweeps?.finish(time);
  }

  /** Ends open GC cycles and stop-the-world. */
  finish(time: number): void {
    this.#parts.runtime?.finish(time);
  }
}
