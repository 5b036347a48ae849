/*
 * How spans are sent. This file reads the trace and hands spans to `SpanBatches`: two batches are on their way while a third is gathered, then
 * reading waits. `SpanSender` gives them to OpenTelemetry's exporter, whose own rules of retrying apply, and counts. The SDK's
 * `BatchSpanProcessor` is not used: it drops what does not fit into its queue.
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
import type { OtlpOptions } from "./command.js";
import { resourcesOf } from "./resource.js";
import type { SpanBatches } from "./span-batches.js";
import { wallStartOf } from "./start-time.js";

/**
 * Bytes that tell a trace from others: the first batch's time and thread are among them. No more, as a program that does little
 * takes its time to write them, and nothing can be sent before.
 */
export const HEAD_LENGTH = HEADER_LENGTH + 1024;
const SCOPE = { name: "go2perfetto", version: VERSION };

/** What is read, and where its spans go. */
export interface ExportJob {
  readonly path: string;
  readonly input: Input;
  /** The part of the input that is asked for. */
  readonly trace: Trace;
  readonly options: OtlpOptions;
  readonly batches: SpanBatches;
  readonly messages: Messages;
  readonly progress: Progress;
}

/** Reads a trace, and hands its spans on as they are ready. */
export class SpanExport {
  readonly #job: ExportJob;
  #sink: SpanSink | undefined;
  #events = 0;

  constructor(job: ExportJob) {
    this.#job = job;
  }

  /** Events that were read, sync events not counted. */
  get events(): number {
    return this.#events;
  }

  get isStream(): boolean {
    return this.#job.input.isStream;
  }

  get counts(): SpanCounts | undefined {
    return this.#sink?.counts;
  }

  /**
   * Reads to the end, to where the trace is broken, or until `stop` is fulfilled; what is open then ends there.
   * @returns the error where it is broken
   * @throws what handing on throws
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
    // A sync event stands only at the start of a block.
    this.#events += block.kind[0] === EventKind.Sync ? block.length - 1 : block.length;
    this.#job.progress.update(this.#events);
    await this.#handOn(this.#sink);
  }

  async #begin({ generation }: EventBlock): Promise<SpanSink> {
    const { path, input, trace, options, messages } = this.#job;
    const { states, minBlock, maxSpansPerTrace, startTime } = options;
    const { trace: whole, head, isStream } = input;
    const start = {
      file: isStream || path === STDIO ? undefined : path,
      whole: whole.timeBase,
      part: trace.timeBase,
      clock: generation?.wallClock,
    };
    const wallStart = await wallStartOf(start, startTime, messages);
    const digest = createHash("sha256").update(head).digest();
    return new SpanSink(
      {
        digest,
        ...(wallStart !== undefined && { wallStart }),
        ...resourcesOf(options, digest),
        scope: SCOPE,
        states,
        ...(minBlock !== undefined && { minBlock }),
        ...(maxSpansPerTrace !== undefined && { maxSpansPerTrace }),
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

/** Something that may stop what is waited for. `Promise.race` would keep something for every time that it is asked. */
class Stop {
  #happened = false;
  #wake: (() => void) | undefined;

  constructor(stop: Promise<undefined>) {
    void stop.then(() => {
      this.#happened = true;
      this.#wake?.();
    });
  }

  /** What a promise gives, or undefined when it is time to stop. */
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
