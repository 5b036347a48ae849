/*
 * Writes a trace for Perfetto.
 *
 * 1. `lean-sink.ts` writes clocks, tracks and metadata, the scheduling tables (`sched-tables.ts`,
 *    `cpu-stream.ts`), names of goroutines (`threads.ts`, `process-tree.ts`), counters and `runtime-slices.ts`.
 * 2. This sink adds `timeline.ts`, which listens to a `SchedModel`. Its parts are `goroutine-tracks.ts`,
 *    `yield-slices.ts`, `carriers.ts` (Ps and threads), `thread-procs.ts`, `user-tracks.ts` (tasks, regions, logs), samples, `blocked-reasons.ts`
 *    for the scheduling tables, and `blocking-profile.ts` for flame graphs of waits.
 * 3. Slices and instants go through one `TrackEventWriter` with one table of interned texts
 *    (`event-output.ts`), on one packet sequence. `LongSlices` drops short slices, and `SilentEvents` drops a
 *    group of tracks, so tracks need not know the options.
 * 4. `frequent-events.ts` writes nine tenths of the events byte by byte; skipping it changes no byte. Fields
 *    that events share are adjacent and encoded in advance: in `carrier-bytes.ts` for each P and thread, in
 *    `GoroutineTracks.encoded` for each goroutine.
 *
 * Before both, `yields.ts` and `lanes.ts` look through a block: which yields change nothing, and which goroutines share a row, whose
 * slices are `lives.ts`.
 *
 * A run of a goroutine is told by the scheduling tables alone, unless the choice of tracks has `runs`.
 *
 * Slices of a track nest strictly. Overlapping slices are cut and continued. A slice that is older than the
 * trace begins a few nanoseconds before it, so that it encloses slices that begin with the trace. A slice
 * that is open at the end is closed there. The annotation `cut` marks these.
 */

import type { ByteWriter } from "../../bytes/writer.js";
import type { EventBlock } from "../../event/block.js";
import type { Generation } from "../../event/generation.js";
import { tooMuch } from "../auto-detail.js";
import { leftOutForViewer } from "../metadata.js";
import type { Omission, Steps, TraceSink, TraceSummary } from "../trace-sink.js";
import { writeCriticalPath } from "./critical-path-track.js";
import { timelineOutput } from "./event-output.js";
import { LEFT_OUT, LeanSink } from "./lean-sink.js";
import { choicesOf, type PerfettoChoices, type PerfettoOptions } from "./options.js";
import { Timeline } from "./timeline.js";

/**
 * Writes a Perfetto trace of everything that the runtime recorded: what {@link LeanSink} writes, and a
 * timeline.
 */
export class FullSink implements TraceSink {
  readonly #lean: LeanSink;
  readonly #title: string;
  readonly #choices: PerfettoChoices;
  #timeline!: Timeline;
  /** Writes the critical path, if there is one. */
  #path: () => Steps = () => [];
  #isCut = false;
  #events = 0;
  /** Where a part begins in the whole trace. */
  #from = 0;

  /** @param title name of the trace */
  constructor(title: string, options: PerfettoOptions = {}) {
    this.#title = title;
    this.#choices = choicesOf(options);
    this.#lean = new LeanSink(title, options);
  }

  get output(): ByteWriter {
    return this.#lean.output;
  }

  get pending(): number {
    return this.#lean.pending + (this.#isCut ? 0 : this.#timeline.pending);
  }

  get goroutines(): number {
    return this.#lean.goroutines;
  }

  get omissions(): readonly Omission[] {
    return this.#lean.omissions;
  }

  start(base: number, generation: Generation, from = 0): void {
    this.#from = from;
    const parts = this.#lean.begin(base, generation, from, true, (packets, written) =>
      timelineOutput(packets, written, this.#choices, this.#title),
    );
    this.#lean.hasSlices = false;
    this.#lean.hasLives = false;
    this.#timeline = new Timeline(parts, this.#choices);
    const { path, tracks } = this.#choices;
    if (path !== undefined && tracks.has("path"))
      this.#path = () => writeCriticalPath(parts.packets, parts.base, path);
  }

  events(block: EventBlock): Steps | undefined {
    this.#lean.prepare(block);
    if (!this.#isCut) this.#timeline.events(block);
    this.#lean.events(block);
    this.#timeline.eventsTaken();
    this.#events += block.length;
    if (this.#isCut) return undefined;
    const why = tooMuch(this.#choices.limit, this.#events, this.goroutines);
    return why === undefined ? undefined : this.#cutTimeline(why);
  }

  *end(summary: TraceSummary): Steps {
    if (!this.#isCut) yield* this.#timeline.end();
    yield* this.#path();
    yield* this.#lean.end(summary);
    this.#timeline.finishWaiting();
  }

  /** Stops writing slices at the viewer's limit. The file shows the time from which they are missing. */
  *#cutTimeline(why: string): Steps {
    const { time } = this.#timeline;
    yield* this.#timeline.end();
    this.#isCut = true;
    this.#lean.hasSlices = this.#choices.tracks.has("gc");
    this.#lean.hasLives = true;
    this.#lean.omit(time, leftOutForViewer(LEFT_OUT, why, this.#from + time));
  }
}
