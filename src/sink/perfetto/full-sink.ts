import type { ByteWriter } from "../../bytes/writer.js";
import type { EventBlock } from "../../event/block.js";
import type { Generation } from "../../event/generation.js";
import type { TraceSink, TraceSummary } from "../trace-sink.js";
import { LeanSink } from "./lean-sink.js";
import { Timeline } from "./timeline.js";

/** How much a viewer takes. */
export interface DetailLimit {
  /** Events, and goroutines that ever were. */
  readonly events: number;
  readonly goroutines: number;
}

/** What Perfetto's viewer opens in a time that one likes to wait. */
export const VIEWER_LIMIT: DetailLimit = { events: 2_000_000, goroutines: 50_000 };

/** Writes a trace for Perfetto with all that the runtime recorded: what {@link LeanSink} does, and a timeline. */
export class FullSink implements TraceSink {
  readonly #lean: LeanSink;
  readonly #title: string;
  readonly #limit: DetailLimit;
  #timeline: Timeline | undefined;
  #events = 0;
  omission: string | undefined;

  /**
   * @param title what the trace is called
   * @param limit past which the timeline ends and only the rest goes on
   */
  constructor(title: string, limit: DetailLimit = { events: Infinity, goroutines: Infinity }) {
    this.#title = title;
    this.#limit = limit;
    this.#lean = new LeanSink(title, true);
  }

  get output(): ByteWriter {
    return this.#lean.output;
  }

  start(base: number, generation: Generation): void {
    const { packets, threads, written } = this.#lean.begin(base, generation);
    this.#timeline = new Timeline(packets, threads, written, this.#title);
  }

  events(block: EventBlock): void {
    this.#timeline?.events(block);
    this.#lean.events(block);
    this.#timeline?.eventsTaken();
    this.#events += block.length;
    if (this.#isTooMuch()) this.#endTimeline();
  }

  end(summary: TraceSummary): void {
    this.#timeline?.end();
    this.#lean.end(summary);
  }

  #isTooMuch(): boolean {
    const goroutines = this.#timeline?.goroutines ?? 0;
    return this.#events > this.#limit.events || goroutines > this.#limit.goroutines;
  }

  /** The viewer would be too slow with more slices; the file says from where on they are missing. */
  #endTimeline(): void {
    if (this.#timeline === undefined) return;
    const seconds = (this.#timeline.time / 1e9).toFixed(3);
    const reached =
      this.#events > this.#limit.events
        ? `${this.#limit.events} events`
        : `${this.#limit.goroutines} goroutines`;
    this.omission = `slices, stacks and arrows end at ${seconds} s, after ${reached}`;
    this.#lean.note(this.#timeline.time, this.omission);
    this.#timeline.end();
    this.#timeline = undefined;
  }
}
