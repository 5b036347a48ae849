import { atOnce } from "../base/breather.js";
import type { LinkLog } from "../event/link-log.js";
import type { Analysis, Reported } from "./analysis.js";
import { Explanation } from "./explain/explanation.js";
import type { ExplainedPart, ExplainReport } from "./explain/finding.js";
import type { ProfileKind } from "./profile/kinds.js";
import type { ProfileStream } from "./profile/profile.js";
import { Profiles } from "./profile/profiles.js";
import type { LatencyShape } from "./stats/latency-shape.js";
import type { StatsReport, TraceFigures } from "./stats/stats-report.js";
import { TraceStats } from "./stats/trace-stats.js";
import { Timeline, type TimelineFigures } from "./timeline/timeline.js";

/** The profiles of an overview, in the order in which they are shown. */
const KINDS: readonly ProfileKind[] = ["wait", "sched", "running", "syscall", "cpu"];

export interface OverviewOptions {
  /** The most single goroutines, tasks, regions and GC cycles, and findings; 100 by default. */
  readonly top?: number;
  /** Goroutines that are reported; all by default: see {@link TraceStats}. */
  readonly reported?: Reported;
  /** Keys of logs that hold ids of the program's own tracing, besides the known ones. */
  readonly linkLogs?: readonly LinkLog[] | undefined;
  /** The stretch of the whole trace that this one is: figures and findings have the times of the whole. */
  readonly window?: ExplainedPart | undefined;
}

/** All that an HTML report shows of a trace. */
export interface OverviewFigures {
  readonly trace: TraceFigures;
  readonly stats: StatsReport;
  readonly explain: ExplainReport;
  readonly timeline: TimelineFigures;
  readonly latencies: readonly LatencyShape[];
  /** Time of goroutines by stack. Samples are made when they are asked for. */
  readonly profiles: readonly ProfileStream[];
}

/** All that an HTML report shows of a trace: {@link analyses} for one pass over it, then {@link figuresInSteps}. */
export class Overview {
  readonly #stats: TraceStats;
  readonly #explanation: Explanation;
  readonly #timeline: Timeline;
  readonly #profiles: Profiles;

  constructor({ top = 100, reported, window, linkLogs }: OverviewOptions = {}) {
    const selected = reported && { reported };
    this.#stats = new TraceStats({ top, linkLogs, start: window?.from, ...selected });
    this.#explanation = new Explanation({ top, window, program: this.#stats.program, ...selected });
    this.#timeline = new Timeline(reported);
    const goroutine = reported && ((id: number) => reported.has(id));
    this.#profiles = new Profiles({ kinds: KINDS, ...(goroutine && { goroutine }) });
  }

  /** The analyses to feed with the trace. */
  get analyses(): Analysis[] {
    return [...this.#stats.analyses, ...this.#explanation.analyses, this.#timeline, this.#profiles];
  }

  /**
   * The figures of the events so far.
   * @param incomplete whether part of the trace is missing
   * @param timesEstimated whether the frequency of its clock is missing
   */
  figures(incomplete = false, timesEstimated = false): OverviewFigures {
    return atOnce(this.figuresInSteps(incomplete, timesEstimated));
  }

  /** The same in steps, for callers that give the event loop turns. */
  *figuresInSteps(incomplete: boolean, timesEstimated: boolean): Generator<void, OverviewFigures> {
    const stats = yield* this.#stats.reportInSteps(incomplete, timesEstimated);
    yield;
    const explain = this.#explanation.report(incomplete, timesEstimated);
    yield;
    return {
      trace: stats.trace,
      stats,
      explain,
      timeline: this.#timeline.figures(),
      latencies: this.#stats.latencyShapes(),
      profiles: KINDS.map((kind) => this.#profiles.stream(kind)),
    };
  }
}
