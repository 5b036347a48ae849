import { escapeText } from "../base/escape.js";
import type { Verdict } from "../figures/check.js";
import { figureText } from "./quantities.js";

/** A line for each limit, with its figure. */
export function verdictLines(verdicts: readonly Verdict[]): string[] {
  const width = Math.max(0, ...verdicts.map(({ limit }) => escapeText(limit.text).length));
  return verdicts.map((verdict) => {
    const outcome = outcomeOf(verdict).padEnd("exceeded".length);
    return `${outcome}  ${escapeText(verdict.limit.text).padEnd(width)}  ${valueText(verdict)}`;
  });
}

export function outcomeOf({ holds, missing }: Verdict): "ok" | "exceeded" | "missing" {
  return holds ? "ok" : missing === undefined ? "exceeded" : "missing";
}

/** What the figure is. */
export function valueText({ limit, value, isPresent, missing }: Verdict): string {
  if (missing !== undefined) return `no ${missing.what} "${escapeText(missing.name)}" in the trace`;
  if (value === undefined) return "the trace has no such figure";
  const text = figureText(limit.quantity, value);
  return isPresent ? text : `${text} (nothing of that name in the trace)`;
}
