import { escapeText } from "../base/escape.js";
import type { TraceDifference } from "./diff-tables.js";

/**
 * A value as JSON, in which no character does anything to a terminal: those that JSON leaves as they are are escaped
 * too, and mean the same.
 */
export function jsonText(value: unknown): string {
  const lines = JSON.stringify(value, undefined, 2).split("\n");
  return `${lines.map(escapeText).join("\n")}\n`;
}

/** The version of what {@link diffJson} writes, as docs/figures.md describes it. */
const DIFF_VERSION = 1;

/** All of a difference as JSON, also what did not change. */
export function diffJson({ a, b, figures, stacks }: TraceDifference): string {
  const side = ({ name, report }: TraceDifference["a"]) => ({ name, ...report.trace });
  return jsonText({
    version: DIFF_VERSION,
    a: side(a),
    b: side(b),
    figures: figures.map(({ path: _path, name, ...row }) => ({ figure: name, ...row })),
    stacks,
  });
}
