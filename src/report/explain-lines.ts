import type { ExplainReport, Finding } from "../analysis/explain/finding.js";
import { escapeText } from "../base/escape.js";
import { grouped } from "../base/grouped.js";
import { durationText, shareText, timeText } from "../base/rounded.js";
import {
  commandFor,
  findingFigureText,
  NOTHING_FOUND,
  stackLines,
  TASK_LATENCY,
  taskCommands,
} from "./finding-text.js";
import { codeBlock, markdownText } from "./markdown.js";
import { pathTables } from "./path-tables.js";
import { terminalText } from "./terminal.js";
import { wrapped } from "./wrapped.js";

/** The most frames of a stack that are shown. */
const FRAMES = 6;
/** Special characters of Markdown. */
const SPECIAL = /[\\`*_{}[\]<>|~#]/g;

/** Before each line of a finding. */
const INDENT = "   ";
/** Of a sentence, even if the terminal is narrower. */
const LEAST_WIDTH = 20;

/** Below a critical path, where {@link NOTHING_FOUND} would seem to be about the path. */
const NOTHING_ELSE = "Apart from this, no finding passes its threshold.";

/** Rows of the tables of critical paths. */
const ROWS = 15;

/**
 * A report as text for a terminal.
 * @param name of the trace, for the commands
 * @param width columns of the terminal; undefined if it does not matter
 * @param traceUrl where a viewer shows traces of the program's own tracing: see `isTraceUrl`
 */
export function explainText(
  report: ExplainReport,
  name: string,
  width: number | undefined,
  traceUrl?: string,
): string {
  const parts = report.findings.map((finding, i) => findingText(finding, i + 1, name, width));
  if (parts.length === 0) parts.push(`${report.path === undefined ? NOTHING_FOUND : NOTHING_ELSE}\n`);
  const path = report.path && terminalText(pathTables(report.path, ROWS, traceUrl), width);
  const tasks = taskCommands(report).map((command) => `   $ ${escapeText(commandFor(command, name))}`);
  const latency = tasks.length > 0 ? [`${[TASK_LATENCY, ...tasks].join("\n")}\n`] : [];
  return [...(path ? [path] : []), ...parts, ...rest(report), ...latency].join("\n");
}

/** The same as Markdown. */
export function explainMarkdown(report: ExplainReport, name: string, traceUrl?: string): string {
  const parts = report.findings.map((finding, i) => findingMarkdown(finding, i + 1, name));
  if (parts.length === 0) parts.push(`${NOTHING_FOUND}\n`);
  const path = report.path && markdownText(pathTables(report.path, ROWS, traceUrl));
  const tasks = taskCommands(report).map((command) => `$ ${commandFor(command, name)}`);
  const latency = tasks.length > 0 ? [`${TASK_LATENCY}\n`, `${codeBlock(tasks).join("\n")}\n`] : [];
  const findings = ["## What held the program back\n", ...parts, ...rest(report)];
  return [...(path ? [path] : []), ...findings, ...latency].join("\n");
}

function rest({ findings, more }: ExplainReport): string[] {
  return more > 0 ? [`… and ${grouped(more)} more: --top ${findings.length + more}\n`] : [];
}

function findingText(finding: Finding, number: number, name: string, width: number | undefined): string {
  const room = width === undefined ? Number.POSITIVE_INFINITY : Math.max(LEAST_WIDTH, width - INDENT.length);
  const lines = [
    `${number}. ${finding.kind}, ${shareText(finding.weight)}`,
    ...wrapped(finding.sentence, room).map((line) => `${INDENT}${line}`),
    ...stackLines(finding, FRAMES).map((text) => `     ${text}`),
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
    ...finding.figures.map((figure) => `- ${escapeMarkdown(figure.name)}: ${findingFigureText(figure)}`),
    ...worstLines(finding).map((text) => `- ${text}`),
    "",
    ...codeBlock([
      ...stackLines(finding, FRAMES),
      ...finding.next.map((command) => `$ ${commandFor(command, name)}`),
    ]),
  ];
  return `${lines.join("\n")}\n`;
}

function worstLines({ worst }: Finding): string[] {
  if (worst === undefined) return [];
  const who = worst.goroutine === undefined ? "" : `, goroutine ${worst.goroutine}`;
  return [`worst: at ${timeText(worst.time)} for ${durationText(worst.duration)}${who}`];
}

function escapeMarkdown(text: string): string {
  return escapeText(text).replace(SPECIAL, (char) => (char === "<" ? "&lt;" : `\\${char}`));
}
