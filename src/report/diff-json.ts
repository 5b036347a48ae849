import type { TraceDifference } from "./diff-tables.js";
import { jsonText } from "./json.js";

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
