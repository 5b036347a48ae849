import { escapeLines, escapeText } from "../base/escape.js";
import type { TraceDifference } from "../figures/trace-difference.js";

/** Levels of objects and lists whose members are pieces of their own: a report's, its tables', and the rows of these. */
const LEVELS = 3;
const INDENT = "  ";

/**
 * A value as JSON that is safe for terminals: it also escapes the control characters that JSON leaves
 * unescaped. It comes in pieces, because a report can have a million rows.
 */
export function* jsonText(value: unknown): Generator<string> {
  yield* piecesOf(value, "", LEVELS);
  yield "\n";
}

function* piecesOf(value: unknown, indent: string, levels: number): Generator<string> {
  if (levels === 0 || !hasMembers(value)) {
    yield escapeLines(JSON.stringify(value, undefined, INDENT)).replaceAll("\n", `\n${indent}`);
    return;
  }
  const inner = indent + INDENT;
  let separator = "\n";
  if (Array.isArray(value)) {
    yield "[";
    for (const member of value) {
      yield separator + inner;
      yield* piecesOf(member, inner, levels - 1);
      separator = ",\n";
    }
    yield `\n${indent}]`;
    return;
  }
  yield "{";
  for (const [key, member] of Object.entries(value)) {
    if (member === undefined) continue;
    yield `${separator}${inner}${escapeText(JSON.stringify(key))}: `;
    yield* piecesOf(member, inner, levels - 1);
    separator = ",\n";
  }
  yield `\n${indent}}`;
}

/** Whether it is a list or plain object with something in it. */
function hasMembers(value: unknown): value is object {
  if (Array.isArray(value)) return value.length > 0;
  const isPlain =
    typeof value === "object" && value !== null && Object.getPrototypeOf(value) === Object.prototype;
  return isPlain && Object.values(value).some((member) => member !== undefined);
}

/** The version of the schema in docs/figures.md. */
const DIFF_VERSION = 1;

/** A whole difference as JSON, unchanged figures included. */
export function diffJson({ a, b, figures, findings, stacks }: TraceDifference): Iterable<string> {
  const side = ({ name, report }: TraceDifference["a"]) => ({ name, ...report.trace });
  return jsonText({
    version: DIFF_VERSION,
    a: side(a),
    b: side(b),
    findings,
    figures: figures.map(({ path: _path, name, ...row }) => ({ figure: name, ...row })),
    stacks,
  });
}
