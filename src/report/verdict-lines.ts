import { escapeText } from "../base/escape.js";
import type { Verdict } from "../figures/check.js";
import { figureText } from "./figure-text.js";

/** Each limit with the figure that it is about, one a line. */
export function verdictLines(verdicts: readonly Verdict[]): string[] {
  const width = Math.max(0, ...verdicts.map(({ limit }) => escapeText(limit.text).length));
  return verdicts.map((verdict) => {
    const outcome = (verdict.holds ? "ok" : "exceeded").padEnd("exceeded".length);
    return `${outcome}  ${escapeText(verdict.limit.text).padEnd(width)}  ${valueText(verdict)}`;
  });
}

/** What the figure is. */
export function valueText({ limit, value, isPresent }: Verdict): string {
  if (value === undefined) return "the trace has no such figure";
  const text = figureText(limit.quantity, value);
  return isPresent ? text : `${text} (nothing of that name in the trace)`;
}
