import { openTraceFile } from "../../src/node.js";
import type { Trace } from "../../src/order/trace.js";
import { ChromeSink } from "../../src/sink/chrome/chrome-sink.js";
import type { ChromeOptions } from "../../src/sink/chrome/options.js";
import { convert } from "../../src/sink/convert.js";
import type { Omission } from "../../src/sink/trace-sink.js";
import { LIKE_GO } from "./reading.js";

/** An event of trace-event JSON, ours or that of Go's viewer. */
export interface JsonEvent {
  readonly name: string;
  readonly ph: string;
  readonly cat?: string;
  readonly ts?: number;
  readonly dur?: number;
  readonly pid: number;
  readonly tid?: number;
  readonly id?: number;
  readonly id2?: { readonly local: string };
  readonly s?: string;
  readonly bp?: string;
  readonly sf?: number;
  readonly esf?: number;
  readonly args?: Readonly<Record<string, unknown>>;
}

/** A file of it. */
export interface JsonTrace {
  readonly displayTimeUnit: string;
  readonly traceEvents: readonly JsonEvent[];
  readonly stackFrames?: Readonly<Record<string, { readonly name: string; readonly parent?: number }>>;
  readonly otherData?: Readonly<Record<string, unknown>>;
}

export interface JsonOutput {
  readonly text: string;
  readonly omissions: readonly Omission[];
}

/** Converts a trace to JSON. */
export async function jsonOf(trace: Trace, options: ChromeOptions = {}): Promise<JsonOutput> {
  const parts: Uint8Array[] = [];
  const sink = new ChromeSink("test", options);
  const write = (bytes: Uint8Array): void => {
    parts.push(bytes.slice());
  };
  await convert(trace, sink, { write });
  return { text: Buffer.concat(parts).toString("utf8"), omissions: sink.omissions };
}

/** The events of a file that Go's own reader gives too. */
export async function jsonOutput(path: string, options: ChromeOptions = {}): Promise<JsonOutput> {
  return jsonOf(await openTraceFile(path, LIKE_GO), options);
}

/** The same, parsed. */
export async function jsonTrace(path: string, options: ChromeOptions = {}): Promise<JsonTrace> {
  return JSON.parse((await jsonOutput(path, options)).text) as JsonTrace;
}

/** Stacks of a file as texts, innermost frame first. */
export class JsonStacks {
  readonly #frames: NonNullable<JsonTrace["stackFrames"]>;
  readonly #texts = new Map<number, string>();

  constructor({ stackFrames = {} }: JsonTrace) {
    this.#frames = stackFrames;
  }

  /** "" for no stack. @throws Error if a frame is not defined */
  text(stack: number | undefined): string {
    if (stack === undefined || stack === 0) return "";
    const known = this.#texts.get(stack);
    if (known !== undefined) return known;
    const frame = this.#frames[stack];
    if (frame === undefined) throw new Error(`stack frame ${stack} is not defined`);
    const text = `${frame.name} < ${this.text(frame.parent)}`;
    this.#texts.set(stack, text);
    return text;
  }
}

/** Nanoseconds of a time in microseconds. */
export function nanoseconds(microseconds: number): number {
  return Math.round(microseconds * 1000);
}
