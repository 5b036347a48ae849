import type { ExplainReport, Finding, FindingFigure } from "../analysis/explain/finding.js";
import { shownFile } from "../analysis/explain/places.js";
import type { Place } from "../analysis/stats/stats-report.js";
import { grouped } from "../base/grouped.js";
import { durationText, shareText } from "../base/rounded.js";

/** What a report without findings says. */
export const NOTHING_FOUND = "Nothing found: no finding passes its threshold.";

/** What introduces the commands for tasks. */
export const TASK_LATENCY = "The program has tasks. Why they take as long as they do:";
/** Types of tasks that get a command. */
const TASKS_SHOWN = 3;

/** A number that proves a finding, for people. */
export function findingFigureText({ unit, value }: FindingFigure): string {
  if (unit === "ns") return durationText(value);
  if (unit === "share") return shareText(value);
  const text = value < 100 && !Number.isInteger(value) ? value.toFixed(1) : grouped(Math.round(value));
  return unit === "count" ? text : `${text} per second`;
}

/** A frame of a finding's stack. */
export function frameText(place: Place): string {
  return `${place.function} ${shownFile(place)}:${place.line}`;
}

/**
 * The lines of a finding's stack: the innermost frames and its place, which may lie far out. Others are counted.
 * @param most frames
 */
export function stackLines({ place, stack }: Finding, most: number): string[] {
  const at = place === undefined ? -1 : stack.findIndex((each) => frameText(each) === frameText(place));
  const inner = at < most ? most : most - 2;
  const outer = at < most ? most : at - 1;
  const last = Math.max(most, at + 1);
  return [
    ...stack.slice(0, inner).map(frameText),
    ...moreFrames(outer - inner),
    ...stack.slice(outer, last).map(frameText),
    ...moreFrames(stack.length - last),
  ];
}

function moreFrames(count: number): string[] {
  return count > 0 ? [`… ${grouped(count)} more`] : [];
}

/** A command with the name of the trace, quoted for a shell if need be. */
export function commandFor(command: string, name: string): string {
  return command.replace(/\bIN$/, () => shellWord(name));
}

/** Commands for what the findings leave open: why each type of task takes as long as it does. */
export function taskCommands({ path, tasks }: ExplainReport): string[] {
  const types = path === undefined ? tasks.slice(0, TASKS_SHOWN) : [];
  return types.map((type) => `go2perfetto explain --task ${shellWord(type)} IN`);
}

/** A word of a command, quoted for a shell if need be. */
function shellWord(text: string): string {
  return /^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`;
}
