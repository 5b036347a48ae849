import type { ExplainReport, Finding, FindingFigure } from "../analysis/explain/finding.js";
import type { Place } from "../analysis/stats/stats-report.js";
import { escapeText } from "../base/escape.js";
import { grouped } from "../base/grouped.js";
import { durationText, shareText } from "../base/rounded.js";
import { markdownText } from "./markdown.js";
import { pathTables } from "./path-tables.js";
import { terminalText } from "./terminal.js";

/** The most frames of a stack that are shown. */
const FRAMES = 6;
/** Special characters of Markdown. */
const SPECIAL = /[\\`*_{}[\]<>|~#]/g;
/** What a report without findings says. */
export const NOTHING_FOUND = "Nothing found: no finding passes its threshold.";

/** Rows of the tables of critical paths. */
const ROWS = 15;

/**
 * A report as text for a terminal.
 * @param name of the trace, for the commands
 * @param width columns of the terminal; undefined if it does not matter
 */
export function explainText(report: ExplainReport, name: string, width: number | undefined): string {
  const parts = report.findings.map((finding, i) => findingText(finding, i + 1, name));
  if (parts.length === 0) parts.push(`${NOTHING_FOUND}\n`);
  const path = report.path && terminalText(pathTables(report.path, ROWS), width);
  return [...(path ? [path] : []), ...parts, ...rest(report)].join("\n");
}

/** The same as Markdown. */
export function explainMarkdown(report: ExplainReport, name: string): string {
  const parts = report.findings.map((finding, i) => findingMarkdown(finding, i + 1, name));
  if (parts.length === 0) parts.push(`${NOTHING_FOUND}\n`);
  const path = report.path && markdownText(pathTables(report.path, ROWS));
  return [...(path ? [path] : []), "## What held the program back\n", ...parts, ...rest(report)].join("\n");
}

function rest({ more }: ExplainReport): string[] {
  return more > 0 ? [`… and ${grouped(more)} more: --top ${more + 10}\n`] : [];
}

function findingText(finding: Finding, number: number, name: string): string {
  const lines = [
    `${number}. ${finding.kind}, ${shareText(finding.weight)}`,
    `   ${finding.sentence}`,
    ...finding.stack.slice(0, FRAMES).map((place) => `     ${frameText(place)}`),
    ...moreFrames(finding).map((text) => `     ${text}`),
    ...worstLines(finding).map((text) => `   ${text}`),
    ...finding.next.map((command) => `   $ ${commandFor(command, name)}`),
  ];
  return `${lines.map(escapeText).join("\n")}\n`;
}

function findingMarkdown(finding: Finding, number: number, name: string): string {
  const lines = [
    `### ${number}. ${finding.kind}, ${shareText(finding.weight)}`,
    "",
    escapeMarkdown(finding.sentence),
    "",
    ...finding.figures.map((figure) => `- ${escapeMarkdown(figure.name)}: ${figureText(figure)}`),
    ...worstLines(finding).map((text) => `- ${text}`),
    "",
    ...[
      ...finding.stack.slice(0, FRAMES).map(frameText),
      ...moreFrames(finding),
      ...finding.next.map((command) => `$ ${commandFor(command, name)}`),
    ].map((text) => `    ${escapeText(text)}`),
  ];
  return `${lines.join("\n")}\n`;
}

function worstLines({ worst }: Finding): string[] {
  if (worst === undefined) return [];
  const who = worst.goroutine === undefined ? "" : `, goroutine ${worst.goroutine}`;
  return [`worst: at ${durationText(worst.time)}, ${durationText(worst.duration)}${who}`];
}

function frameText({ function: func, file, line }: Place): string {
  return `${func} ${file}:${line}`;
}

function moreFrames({ stack }: Finding): string[] {
  return stack.length > FRAMES ? [`… ${stack.length - FRAMES} more`] : [];
}

function figureText({ unit, value }: FindingFigure): string {
  if (unit === "ns") return durationText(value);
  if (unit === "share") return shareText(value);
  const text = value < 100 && !Number.isInteger(value) ? value.toFixed(1) : grouped(Math.round(value));
  return unit === "count" ? text : `${text} per second`;
}

/** A command with the name of the trace, quoted for a shell if need be. */
function commandFor(command: string, name: string): string {
  const quoted = /^[\w@%+=:,./-]+$/.test(name) ? name : `'${name.replaceAll("'", `'\\''`)}'`;
  return command.replace(/\bIN$/, () => quoted);
}

function escapeMarkdown(text: string): string {
  return escapeText(text).replace(SPECIAL, (char) => (char === "<" ? "&lt;" : `\\${char}`));
}
