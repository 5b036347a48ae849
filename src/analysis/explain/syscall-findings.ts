import { grouped } from "../../base/grouped.js";
import { durationText, shareText } from "../../base/rounded.js";
import type { Finding } from "./finding.js";
import { count, type ExplainedTrace, finding, ns, share, showCommand } from "./finding-writer.js";
import { CALLING, frameIndex, placeOf, placeText } from "./places.js";
import type { SyscallSites } from "./syscall-sites.js";

/** From this share of the trace on in long calls, and with as many calls. */
const THRESHOLD = 0.1;
const CALLS = 10;
/** The outermost frame of the runtime in a call into C. */
const CGO = "runtime.cgocall";
/** The innermost frame where the runtime itself waits for something, or of a trace without names. */
const UNTOLD = /^(runtime\.(?!cgocall$)|0x|$)/;

/** Findings about system calls and calls into C. */
export function syscallFindings(
  { long, lostProc, stacks, table }: SyscallSites,
  trace: ExplainedTrace,
): Finding[] {
  const findings: Finding[] = [];
  for (let site = 0; site < table.length; site++) {
    const occupied = table.occupied(site) / trace.duration;
    const calls = table.count[site] as number;
    const longTime = long[site] ?? 0;
    if (longTime / trace.duration < THRESHOLD || calls < CALLS) continue;
    const frames = stacks.frames(table.longestStack[site] as number);
    if (UNTOLD.test(frames[0]?.func ?? "")) continue;
    const lost = lostProc[site] ?? 0;
    const most = table.most[site] as number;
    const total = table.total[site] as number;
    const worst = {
      time: table.longestSince[site] as number,
      duration: table.longest[site] as number,
      goroutine: table.longestGoroutine[site] as number,
    };
    const what = frames.some(({ func }) => func === CGO) ? "calls into C" : "system calls";
    const place = placeText(placeOf(frames[frameIndex(frames, CALLING)]));
    findings.push(
      finding({
        kind: "syscalls",
        weight: longTime / trace.duration,
        sentence: `${grouped(calls)} ${what} at ${place} took ${durationText(total)}, ${durationText(worst.duration)} at most; up to ${grouped(most)} at once, each on a thread of its own. ${shareText(lost, calls)} of them lost their P.`,
        figures: [
          ns("in calls", total),
          ns("in long calls", longTime),
          count("calls", calls),
          ns("longest", worst.duration),
          count("most at once", most),
          count("lost their P", lost),
          share("of the trace with a call", occupied),
        ],
        frames,
        packages: CALLING,
        worst,
        next: [showCommand(trace, worst), "go2perfetto pprof syscall IN"],
      }),
    );
  }
  return findings;
}
