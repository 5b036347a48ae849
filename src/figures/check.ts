import type { StatsReport } from "../analysis/stats/stats-report.js";
import { pathText } from "./figure-path.js";
import { figuresOf } from "./figures.js";
import { type Limit, OPERATORS } from "./limit.js";

/** How a trace stands to a limit. */
export interface Verdict {
  readonly limit: Limit;
  /**
   * Undefined if the trace has none: a share of nothing, or of a window that is longer than the trace. What did not
   * happen has the figure 0.
   */
  readonly value: number | undefined;
  /** Whether the trace names it: false for a reason, function, type of task … that does not occur. */
  readonly isPresent: boolean;
  /** Whether the limit is kept. A figure that the trace does not have keeps none. */
  readonly holds: boolean;
}

/** Compares the figures of a trace with limits, in their order. */
export function checkLimits(report: StatsReport, limits: readonly Limit[]): Verdict[] {
  const figures = figuresOf(report);
  return limits.map((limit) => {
    const figure = figures.get(pathText(limit.path));
    const value = figure?.value ?? (limit.quantity === "share" ? undefined : 0);
    const holds = value !== undefined && OPERATORS[limit.operator](value, limit.bound);
    return { limit, value, isPresent: figure !== undefined, holds };
  });
}
