import { GoAnnotations } from "./go-annotations.js";
import { GoArrows } from "./go-arrows.js";
import { GoIntervals } from "./go-intervals.js";
import { GoLabels } from "./go-labels.js";
import { type ParsedEvent, parsedEvents } from "./go-parsed.js";
import { GoRanges } from "./go-ranges.js";

/** What happened in a trace, by walks over the official text of its events. Shares no code with our reader. */
export class GoTrace {
  readonly intervals: GoIntervals;
  readonly arrows = new GoArrows();
  readonly ranges: GoRanges;
  readonly annotations = new GoAnnotations();
  readonly labels = new GoLabels();
  /** Times of the first and the last event. */
  readonly start: number;

  private constructor(start: number) {
    this.start = start;
    this.intervals = new GoIntervals(start);
    this.ranges = new GoRanges(start);
  }

  /**
   * @param text what `go tool trace -d=parsed` prints
   * @param shift what to add to all times
   */
  static of(text: string, shift = 0): GoTrace {
    let trace: GoTrace | undefined;
    for (const told of parsedEvents(text)) {
      const event = { ...told, time: told.time + shift };
      trace ??= new GoTrace(event.time);
      trace.#event(event);
    }
    if (trace === undefined) throw new Error("a trace without events");
    trace.intervals.finish();
    trace.ranges.finish();
    trace.annotations.finish();
    return trace;
  }

  get end(): number {
    return this.intervals.end;
  }

  #event(event: ParsedEvent): void {
    this.intervals.event(event);
    this.arrows.event(event);
    this.ranges.event(event);
    this.annotations.event(event);
    this.labels.event(event);
  }
}
