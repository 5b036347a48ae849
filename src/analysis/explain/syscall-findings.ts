import { grouped } from "../../base/grouped.js";
import { durationText, shareText } from "../../base/rounded.js";
import type { StackFrame } from "../../event/tables.js";
import type { Finding } from "./finding.js";
import {
  count,
  type ExplainedTrace,
  finding,
  ns,
  rate as perSecond,
  share,
  showCommand,
} from "./finding-writer.js";
import { CALLING, calledText, LONGEST_FROM, programIndex } from "./places.js";
import type { SyscallSites } from "./syscall-sites.js";

/** From this share of the trace on in long calls, and with as many calls; or in calls of any length that come as often. */
const THRESHOLD = 0.1;
const CALLS = 10;
const CALL_RATE = 10_000;
/** Calls that lost their P are told from this share of all on. */
const LOST = 0.01;
/** The outermost frame of the runtime in a call into C, or the function that cgo makes for it. */
const CGO = /^runtime\.cgocall$|\._C2?func_/;
/** The innermost frame where the runtime itself waits for something, such as signals, or of a trace without names. */
const UNTOLD = /^(runtime\.(?!cgocall$)|os\/signal\.signal_recv$|0x|$)/;
/** The outermost frame of the goroutine that writes the trace itself. */
const TRACING = /^runtime\/trace\./;
/** Inner frames that do not say which call it is. */
const ANY_CALL = /^(runtime|internal\/runtime[\w/]*)\.|^syscall\.(Raw)?[sS]yscall/;

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
    const total = table.total[site] as number;
    const rate = (calls / trace.duration) * 1e9;
    const isMany = rate >= CALL_RATE;
    const time = isMany ? total : longTime;
    if (time / trace.duration < THRESHOLD || calls < CALLS) continue;
    const frames = stacks.frames(table.longestStack[site] as number);
    if (UNTOLD.test(frames[0]?.func ?? "") || TRACING.test(frames.at(-1)?.func ?? "")) continue;
    const lost = lostProc[site] ?? 0;
    const most = table.most[site] as number;
    const worst = {
      time: table.longestSince[site] as number,
      duration: table.longest[site] as number,
      goroutine: table.longestGoroutine[site] as number,
    };
    const what = frames.some(({ func }) => CGO.test(func)) ? "calls into C" : "system calls";
    const at = programIndex(frames, CALLING);
    const often = isMany ? `, ${grouped(Math.round(rate))} per second,` : "";
    const each = isMany ? `, ${durationText(total / calls)} on average` : "";
    const threads = most > 1 ? `; up to ${grouped(most)} at once, each on a thread of its own` : "";
    const losses = lost >= LOST * calls ? ` ${shareText(lost, calls)} of them lost their P.` : "";
    findings.push(
      finding({
        kind: "syscalls",
        weight: time / trace.duration,
        sentence: `${grouped(calls)} ${what} at ${calledText(frames, at, LONGEST_FROM)}${often} took ${durationText(total)}${each}, ${durationText(worst.duration)} at most${which(frames)}${threads}.${losses}`,
        figures: [
          ns("in calls", total),
          ns("in long calls", longTime),
          count("calls", calls),
          perSecond("calls", rate),
          ns("longest", worst.duration),
          count("most at once", most),
          count("lost their P", lost),
          share("of the trace with a call", occupied),
        ],
        frames,
        at,
        worst,
        next: [showCommand(trace, worst), "go2perfetto pprof syscall IN"],
      }),
    );
  }
  return findings;
}

/** Which call the longest is. */
function which(frames: readonly StackFrame[]): string {
  const func = frames.find(({ func }) => !ANY_CALL.test(func))?.func;
  return func === undefined ? "" : ` (${func})`;
}
