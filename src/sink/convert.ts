import { breathe, isBreathDue } from "../base/breather.js";
import { TraceError } from "../base/errors.js";
import { EventKind } from "../event/kind.js";
import type { Trace } from "../order/trace.js";
import { isIntact, NeedsRepair } from "./intact.js";
import { summaryOf } from "./metadata.js";
import type { Steps, TraceSink } from "./trace-sink.js";

/** Bytes gathered before each call of `write`. */
const FLUSH = 1 << 19;

/** The result of a conversion. */
export interface Conversion {
  /** Events written, sync events not counted. */
  readonly events: number;
  /** Nanoseconds from the first to the last event. */
  readonly duration: number;
  /** Why reading ended early; everything before that is converted. */
  readonly error?: TraceError;
}

export interface ConvertOptions {
  /** Takes bytes of the output. They are valid until it returns, or its promise is fulfilled. */
  readonly write: (bytes: Uint8Array) => Promise<void> | void;
  /** Called with the number of events after every block. The conversion waits for its promise. */
  readonly progress?: (events: number) => Promise<void> | void;
  /** Whether the output is of use only if nothing of the trace is cut, damaged or left out; false by default. */
  readonly intact?: boolean;
}

/**
 * Feeds a trace into a sink and its bytes to `write`.
 * @throws what `write` and `progress` throw, and errors of reading that are not about the trace; {@link NeedsRepair} if
 *   the trace is not as intact as it should be
 */
export async function convert(trace: Trace, sink: TraceSink, options: ConvertOptions): Promise<Conversion> {
  let events = 0;
  let duration = 0;
  let error: TraceError | undefined;
  let started = false;
  let flushed = false;
  const flush = async (): Promise<void> => {
    if (sink.output.length > 0) await options.write(sink.output.view());
    sink.output.clear();
    flushed = true;
  };
  const perform = async (steps: Steps): Promise<void> => {
    for (const _ of steps) {
      if (sink.output.length >= FLUSH) await flush();
      if (isBreathDue()) await breathe();
    }
  };
  try {
    for await (const block of trace.blocks()) {
      if (!started && block.generation !== undefined) {
        sink.start(trace.timeBase, block.generation, trace.part?.from);
      }
      started ||= block.generation !== undefined;
      if (!started) continue;
      const rest = sink.events(block);
      if (rest) await perform(rest);
      // A sync event is always the first in its block.
      events += block.kind[0] === EventKind.Sync ? block.length - 1 : block.length;
      duration = block.time[block.length - 1] as number;
      // The first bytes at once: whoever waits for them may begin.
      if (sink.output.length >= FLUSH || !flushed) await flush();
      await options.progress?.(events);
    }
  } catch (cause) {
    if (!(cause instanceof TraceError)) throw cause;
    error = cause;
  }
  const rest = started ? sink.end(summaryOf(trace, duration, error)) : undefined;
  if (rest) await perform(rest);
  await flush();
  if (options.intact && !isIntact(trace, sink, error)) throw new NeedsRepair();
  return { events, duration, ...(error && { error }) };
}
