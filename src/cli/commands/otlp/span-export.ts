/*
 * Sends the spans of a trace. This file reads the trace and adds spans to `SpanBatches`. Two batches are sent
 * while a third is collected; then reading waits. `SpanSender` passes batches to OpenTelemetry's exporter,
 * which retries by its own rules, and counts the results. The SDK's `BatchSpanProcessor` is unsuitable: it
 * drops spans that do not fit into its queue.
 */

import { createHash } from "node:crypto";
import { breathe, isBreathDue } from "../../../base/breather.js";
import { TraceError } from "../../../base/errors.js";
import type { EventBlock } from "../../../event/block.js";
import { EventKind } from "../../../event/kind.js";
import type { Trace } from "../../../order/trace.js";
import { formatName } from "../../../sink/metadata.js";
import type { SpanCounts } from "../../../sink/otlp/span-output.js";
import { SpanSink } from "../../../sink/otlp/span-sink.js";
import { HEADER_LENGTH } from "../../../wire/format.js";
import type { Input } from "../../input/input.js";
import type { Progress } from "../../input/progress.js";
import type { Messages } from "../../process/messages.js";
import { STDIO } from "../../process/stdio.js";
import { VERSION } from "../../process/version.js";
import type { OtlpOptions } from "./options.js";
import { resourcesOf } from "./resource.js";
import type { SpanBatches } from "./span-batches.js";
import { wallStartOf } from "./start-time.js";

/**
 * Length of the input's beginning that identifies a trace. It includes the time and thread of the first
 * batch. A longer one would delay the first spans of an idle program.
 */
export const HEAD_LENGTH = HEADER_LENGTH + 1024;
const SCOPE = { name: "go2perfetto", version: VERSION };

/** What to read, and where the spans go. */
export interface ExportJob {
  readonly path: string;
  readonly input: Input;
  /** The selected part of the input. */
  readonly trace: Trace;
  readonly options: OtlpOptions;
  readonly batches: SpanBatches;
  readonly messages: Messages;
  readonly progress: Progress;
}

/** Reads a trace, and adds its spans to the batches. */
export class SpanExport {
  readonly #job: ExportJob;
  #sink: SpanSink | undefined;
  #service = "";
  #events = 0;

  constructor(job: ExportJob) {
    this.#job = job;
  }

  /** Events so far, without sync events. */
  get events(): number {
    return this.#events;
  }

  get isStream(): boolean {
    return this.#job.input.isStream;
  }

  /** The name of the program in its spans, when there are any. */
  get service(): string {
    return this.#service;
  }

  get counts(): SpanCounts | undefined {
    return this.#sink?.counts;
  }

  /**
   * Reads to the end, to the first error, or until `stop` is fulfilled. Open spans end there.
   * @returns the error in the trace
   * @throws errors of the batches
   */
  async run(stop: Promise<undefined>): Promise<TraceError | undefined> {
    const stopped = new Stop(stop);
    const blocks = this.#job.trace.blocks();
    let error: TraceError | undefined;
    try {
      for (;;) {
        const next = await stopped.or(blocks.next());
        if (next === undefined || next.done) break;
        await this.#take(next.value);
      }
    } catch (cause) {
      if (!(cause instanceof TraceError)) throw cause;
      error = cause;
    }
    await this.#end(error);
    return error;
  }

  async #take(block: EventBlock): Promise<void> {
    if (this.#sink === undefined) {
      if (block.generation === undefined) return;
      this.#sink = await this.#begin(block);
    }
    this.#sink.events(block);
    // Only the first event of a block can be a sync event.
    this.#events += block.kind[0] === EventKind.Sync ? block.length - 1 : block.length;
    this.#job.progress.update(this.#events);
    await this.#handOn(this.#sink);
  }

  async #begin({ generation }: EventBlock): Promise<SpanSink> {
    const { path, input, trace, options, messages } = this.#job;
    const { states, minBlock, maxSpansPerTrace, startTime, linkLog, onlyLinked } = options;
    const { trace: whole, head, isStream } = input;
    const start = {
      file: isStream || path === STDIO ? undefined : path,
      whole: whole.timeBase,
      part: trace.timeBase,
      clock: generation?.wallClock,
    };
    const wallStart = await wallStartOf(start, startTime, messages);
    const digest = createHash("sha256").update(head).digest();
    const resources = resourcesOf(options, digest);
    this.#service = String(resources.resource.attributes["service.name"]);
    return new SpanSink(
      {
        digest,
        ...(wallStart !== undefined && { wallStart }),
        ...resources,
        scope: SCOPE,
        states,
        ...(minBlock !== undefined && { minBlock }),
        ...(maxSpansPerTrace !== undefined && { maxSpansPerTrace }),
        ...(linkLog !== undefined && { linkLogs: linkLog }),
        ...(onlyLinked !== undefined && { onlyLinked }),
        live: isStream,
      },
      trace.timeBase,
    );
  }

  async #end(error: TraceError | undefined): Promise<void> {
    const sink = this.#sink;
    if (sink === undefined) return;
    const { trace } = this.#job;
    const losses = trace.diagnostics.losses();
    const lost = error === undefined ? losses : [error.message, ...losses];
    for (const _ of sink.end({ format: formatName(trace), lost })) await this.#handOn(sink);
    await this.#handOn(sink);
  }

  async #handOn(sink: SpanSink): Promise<void> {
    const spans = sink.take();
    if (spans.length > 0) await this.#job.batches.add(spans);
    if (isBreathDue()) await breathe();
  }
}

/** Ends a wait early. `Promise.race` would leak memory with each call on the same promise. */
class Stop {
  #happened = false;
  #wake: (() => void) | undefined;

  constructor(stop: Promise<undefined>) {
    void stop.then(() => {
      this.#happened = true;
      this.#wake?.();
    });
  }

  /** The value of a promise, or undefined when it is time to stop. */
  or<T>(promise: Promise<T>): Promise<T | undefined> {
    if (this.#happened) {
      promise.catch(() => undefined);
      return Promise.resolve(undefined);
    }
    return new Promise((resolve, reject) => {
      this.#wake = () => resolve(undefined);
      promise.then(resolve, reject);
    });
  }
}
