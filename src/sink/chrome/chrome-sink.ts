/*
 * Writes JSON for Chrome.
 *
 * 1. `timeline.ts` listens to a `SchedModel` and distributes its calls: to `rows.ts` (`carrier-runs.ts` for
 *    Ps and for threads, `goroutine-rows.ts`), `wakes.ts` for arrows, `runtime-events.ts` for GC, sweeping,
 *    mark assists and stop-the-world, and `user-rows.ts`. All of them write with one `RowContext`.
 *    `counters.ts` reads the events themselves.
 * 2. `event-writer.ts` writes the bytes of an event. Names are escaped and encoded once (`EncodedText`), and
 *    there is no object per event.
 * 3. A slice is written when it ends, so inner slices come first. Viewers sort by time with a stable sort. If
 *    both slices begin at the same time, `inner-slices.ts` delays the inner one.
 * 4. An arrow is written with the run to which it points. An event of a goroutine whose group is unknown so
 *    far waits in `goroutine-places.ts`.
 * 5. Stacks are numbers of frames in a tree (`stack-frames.ts`), written at the end. Memory grows with the
 *    distinct stacks.
 *
 * The rows of Ps and threads and the counters are those of Go's viewer. `test/support/official-json.ts` has
 * the reasons where they differ.
 */

import type { ByteWriter } from "../../bytes/writer.js";
import type { EventBlock } from "../../event/block.js";
import type { Generation } from "../../event/generation.js";
import { tooMuch } from "../auto-detail.js";
import { forEachFact, leftOutForViewer, metadataOf, shortSlices, wallAt } from "../metadata.js";
import { NO_STACKS, type StackTable } from "../stack-numbers.js";
import type { Omission, Steps, TraceSink, TraceSummary } from "../trace-sink.js";
import { Counters } from "./counters.js";
import { EventWriter } from "./event-writer.js";
import { type ChromeChoices, type ChromeOptions, chromeChoicesOf } from "./options.js";
import { Descriptions, Lane, Process, ProcessOrder } from "./processes.js";
import { StackFrames, StackTexts } from "./stack-frames.js";
import { Timeline } from "./timeline.js";

/** What a lean file lacks. */
const LEFT_OUT = "rows of goroutines and threads, stacks and arrows";
/** More than the metadata and the few open slices of the runtime take. */
const END_BYTES = 4096;
const BEGINNING = '{"displayTimeUnit":"ns","traceEvents":[';

/**
 * Writes a trace as trace-event JSON, the format of Chrome's about:tracing, with the rows of `go tool trace`. Events
 * are in the order of their ends; viewers sort them. See docs/chrome-json.md.
 */
export class ChromeSink implements TraceSink {
  readonly #title: string;
  readonly #choices: ChromeChoices;
  readonly #frames: StackFrames | undefined;
  readonly #stacks: StackTable;
  readonly #events: EventWriter;
  readonly #omissions: Omission[] = [];
  #timeline!: Timeline;
  #counters: Counters | undefined;
  #wall: bigint | undefined;
  #seen = 0;
  #isCut = false;

  /** @param title name of the trace */
  constructor(title: string, options: ChromeOptions = {}) {
    this.#title = title;
    this.#choices = chromeChoicesOf(options);
    const { lean, stacks, minDuration, whyLean } = this.#choices;
    if (lean && whyLean !== undefined) this.#omissions.push(leftOutForViewer(LEFT_OUT, whyLean));
    const texts = new StackTexts();
    const isText = stacks === "annotation";
    if (stacks === "callstack") this.#frames = new StackFrames();
    this.#stacks = this.#frames ?? (isText ? texts : NO_STACKS);
    this.#events = new EventWriter(minDuration, isText ? texts.text : undefined);
  }

  get output(): ByteWriter {
    return this.#events.out;
  }

  get pending(): number {
    const counters = this.#counters?.pending ?? 0;
    return this.#timeline.pending + counters + (this.#frames?.size ?? 0) + END_BYTES;
  }

  get goroutines(): number {
    return this.#choices.tracks.has("goroutines") ? this.#timeline.goroutines : 0;
  }

  get omissions(): readonly Omission[] {
    return this.#omissions;
  }

  start(base: number, { wallClock }: Generation, from = 0): void {
    const events = this.#events;
    const { tracks, lean } = this.#choices;
    this.#wall = wallAt(base - from, wallClock);
    events.origin = from;
    events.text(BEGINNING);
    const descriptions = new Descriptions(events);
    descriptions.process(Process.Runtime, "Go runtime", ProcessOrder.Runtime);
    if (tracks.has("gc")) {
      descriptions.threadInOrder(Process.Runtime, Lane.Gc, "GC", Lane.Gc);
      descriptions.threadInOrder(Process.Runtime, Lane.StopTheWorld, "Stop the world", Lane.StopTheWorld);
    }
    if (tracks.has("procs")) descriptions.process(Process.Procs, "Procs (P)", ProcessOrder.Procs);
    if (tracks.has("threads")) descriptions.process(Process.Threads, "OS threads (M)", ProcessOrder.Threads);
    this.#timeline = new Timeline(events, descriptions, this.#stacks, this.#choices);
    if (tracks.has("counters")) this.#counters = new Counters(events);
    if (lean) this.#counters?.thin();
  }

  events(block: EventBlock): Steps | undefined {
    this.#timeline.events(block);
    this.#counters?.block(block);
    this.#seen += block.length;
    if (this.#isCut || this.#choices.lean) return undefined;
    const why = tooMuch(this.#choices.limit, this.#seen, this.#timeline.goroutines);
    return why === undefined ? undefined : this.#becomeLean(why);
  }

  *end(summary: TraceSummary): Steps {
    yield* this.#timeline.end();
    this.#counters?.finish();
    const { omitted } = this.#events;
    if (omitted > 0) this.#omissions.push(shortSlices(omitted, this.#choices.minDuration));
    this.#events.text("\n]");
    if (this.#frames !== undefined) {
      this.#events.text(',"stackFrames":');
      yield* this.#frames.write(this.#events);
    }
    const otherData: Record<string, unknown> = {};
    forEachFact(metadataOf(this.#title, this.#wall, summary, this.#omissions), ({ json }, value) => {
      otherData[json] = value;
    });
    this.#events.text(`,"otherData":${JSON.stringify(otherData)}}\n`);
  }

  /** The trace exceeds the viewer's limit. */
  *#becomeLean(why: string): Steps {
    const time = this.#events.origin + this.#timeline.time;
    this.#isCut = true;
    yield* this.#timeline.becomeLean();
    this.#counters?.thin();
    this.#omissions.push(leftOutForViewer(LEFT_OUT, why, time));
  }
}
