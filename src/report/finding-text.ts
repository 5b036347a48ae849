import type { FindingFigure } from "../analysis/explain/finding.js";
import type { Place } from "../analysis/stats/stats-report.js";
import { grouped } from "../base/grouped.js";
import { durationText, shareText } from "../base/rounded.js";

/** What a report without findings says. */
export const NOTHING_FOUND = "Nothing found: no finding passes its threshold.";

/** A number that proves a finding, for people. */
export function findingFigureText({ unit, value }: FindingFigure): string {
  if (unit === "ns") return durationText(value);
  if (unit === "share") return shareText(value);
  const text = value < 100 && !Number.isInteger(value) ? value.toFixed(1) : grouped(Math.round(value));
  return unit === "count" ? text : `${text} per second`;
}

/** A frame of a finding's stack. */
export function frameText({ function: func, file, line }: Place): string {
  return `${func} ${file}:${line}`;
}

/** A command with the name of the trace, quoted for a shell if need be. */
export function commandFor(command: string, name: string): string {
  const quoted = /^[\w@%+=:,./-]+$/.test(name) ? name : `'${name.replaceAll("'", `'\\''`)}'`;
  return command.replace(/\bIN$/, () => quoted);
}
