import { grouped } from "../../base/grouped.js";
import { durationText, shareText } from "../../base/rounded.js";
import { SAMPLE_PERIOD } from "../profile/kinds.js";
import type { Finding, FindingFigure } from "./finding.js";
import { count, finding, ns, share } from "./finding-writer.js";

/** The trace began late if as many goroutines are older than it, and make up this share of those at its end. */
const OLDER = 100;
const OLDER_SHARE = 0.5;
/** Samples are missing if they cover less than this share of the running time, of at least as many nanoseconds. */
const SAMPLED = 0.5;
const SAMPLED_TIME = 1e9;

/** How good a trace is. */
export interface TraceQuality {
  readonly incomplete: boolean;
  readonly timesEstimated: boolean;
  /** Goroutines at the end, and those of them that are older than the trace. */
  readonly alive: number;
  readonly older: number;
  /** Running time of all goroutines, and the number of CPU samples. */
  readonly execution: number;
  readonly samples: number;
}

/** What is wrong with the trace itself. It weighs nothing, so it comes last. */
export function traceFindings(quality: TraceQuality): Finding[] {
  const { alive, execution, incomplete, older, samples, timesEstimated } = quality;
  const sampled = samples * SAMPLE_PERIOD;
  return [
    ...(incomplete ? [told("loss", "Part of the trace is lost. The findings are about the rest.")] : []),
    ...(timesEstimated
      ? [told("clock", "The trace lacks its clock's frequency. All times are estimated.")]
      : []),
    ...(older >= OLDER && older / alive >= OLDER_SHARE
      ? [
          told(
            "late",
            `Tracing began late: ${grouped(older)} of ${grouped(alive)} goroutines are older than the trace. Where they were created is unknown, so no leak is found among them.`,
            [count("older goroutines", older), share("of all goroutines at the end", older / alive)],
          ),
        ]
      : []),
    ...(samples > 0 && execution >= SAMPLED_TIME && sampled / execution < SAMPLED
      ? [
          told(
            "samples",
            `CPU samples are missing: ${grouped(samples)} of them cover ${shareText(sampled, execution)} of ${durationText(execution)} of running. The CPU profile began late or ended early, or the machine had no CPU for the program.`,
            [count("samples", samples), ns("running", execution), share("sampled", sampled / execution)],
          ),
        ]
      : []),
  ];
}

function told(subject: string, sentence: string, figures: readonly FindingFigure[] = []): Finding {
  return finding({ kind: "trace", weight: 0, sentence, subject, figures, next: ["go2perfetto info IN"] });
}
