import type { ExplainReport, Finding, FindingFigure } from "../analysis/explain/finding.js";
import { placeText, shownFile } from "../analysis/explain/places.js";
import type { Place } from "../analysis/stats/stats-report.js";
import { grouped } from "../base/grouped.js";
import { durationText, shareText, sizeText } from "../base/rounded.js";

/** What a report without findings says. */
export const NOTHING_FOUND = "Nothing found: no finding passes its threshold.";

/** What introduces the commands for tasks. */
export const TASK_LATENCY = "The program has tasks. Why they take as long as they do:";
/** Types of tasks that get a command. */
const TASKS_SHOWN = 3;

/** A number that proves a finding, for people. */
export function findingFigureText({ unit, value }: FindingFigure): string {
  if (unit === "ns") return durationText(value);
  if (unit === "bytes") return sizeText(Math.round(value));
  if (unit === "share") return shareText(value);
  const text = value < 100 && !Number.isInteger(value) ? value.toFixed(1) : grouped(Math.round(value));
  return unit === "count" ? text : `${text} per second`;
}

/** A frame of a finding's stack. */
export function frameText(place: Place): string {
  return place.file === "" ? placeText(place) : `${place.function} ${shownFile(place)}:${place.line}`;
}

/**
 * The lines of a finding's stack: its place, the line of the program that called it, the innermost frame, and what is around the
 * place. Others are counted.
 * @param most frames
 */
export function stackLines({ caller, place, stack }: Finding, most: number): string[] {
  const at = Math.max(0, indexOf(stack, place, 0));
  const shown = new Set([at, indexOf(stack, caller, at), 0, at - 1].filter((i) => stack[i] !== undefined));
  for (let i = at + 1; i < stack.length && shown.size < most; i++) shown.add(i);
  for (let i = 1; i < at && shown.size < most; i++) shown.add(i);
  const lines: string[] = [];
  let next = 0;
  for (const i of [...shown].sort((a, b) => a - b)) {
    lines.push(...framesBetween(stack, next, i), frameText(stack[i] as Place));
    next = i + 1;
  }
  return [...lines, ...framesBetween(stack, next, stack.length)];
}

function indexOf(stack: readonly Place[], place: Place | undefined, from: number): number {
  if (place === undefined) return -1;
  return stack.findIndex((each, i) => i >= from && frameText(each) === frameText(place));
}

/** Frames that are left out, or the only one: their number takes a line too. */
function framesBetween(stack: readonly Place[], from: number, to: number): string[] {
  if (to - from === 1) return [frameText(stack[from] as Place)];
  return to > from ? [`… ${grouped(to - from)} more`] : [];
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
