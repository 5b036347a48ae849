import { mostSimilar } from "../select/similar.js";
import { type FigurePath, pathText } from "./catalogue.js";
import { figuresOf } from "./figures.js";
import { isGoName } from "./go-names.js";
import { type Limit, OPERATORS } from "./limit.js";
import type { Reports } from "./reports.js";

/** The result of a limit on a trace. */
export interface Verdict {
  readonly limit: Limit;
  /**
   * Undefined if the trace has none: a share of nothing, or a window longer than the trace. What did not happen is 0.
   */
  readonly value: number | undefined;
  /** Whether it occurs in the trace: false for an absent reason, function, type of task … */
  readonly isPresent: boolean;
  /** The name in the limit that neither the trace nor Go has, unless allowed. */
  readonly missing?: MissingName;
  /** Whether the limit holds. It does not for a figure that the trace lacks, or a missing name. */
  readonly holds: boolean;
}

/** A name that is probably mistyped. */
export interface MissingName {
  /** The kind of name: "function", "type of task" … */
  readonly what: string;
  readonly name: string;
  /** Names of that kind in the trace, the most similar first. */
  readonly similar: readonly string[];
}

/** Groups of figures by name, with the kind of name. */
const NAMED: readonly (readonly [path: FigurePath, what: string])[] = [
  [["function"], "function"],
  [["task"], "type of task"],
  [["region"], "region"],
  [["block"], "reason of waiting"],
  [["gc", "stw"], "kind of stop-the-world"],
];

/** The most similar names in a message. */
const SIMILAR = 3;

/**
 * Compares the figures of a trace with limits, in their order.
 * @param options `allowMissing`: accepts names that the trace lacks
 */
export function checkLimits(
  reports: Reports,
  limits: readonly Limit[],
  { allowMissing = false }: { allowMissing?: boolean | undefined } = {},
): Verdict[] {
  const figures = figuresOf(reports);
  const paths = [...figures.values()].map(({ path }) => path);
  return limits.map((limit) => {
    const figure = figures.get(pathText(limit.path));
    const value = figure?.value ?? (limit.quantity === "share" ? undefined : 0);
    const missing = figure === undefined && !allowMissing ? missingName(limit.path, paths) : undefined;
    const holds =
      missing === undefined && value !== undefined && OPERATORS[limit.operator](value, limit.bound);
    return { limit, value, isPresent: figure !== undefined, holds, ...(missing && { missing }) };
  });
}

function missingName(path: FigurePath, paths: readonly FigurePath[]): MissingName | undefined {
  const [group, what] = NAMED.find(([names]) => names.every((name, i) => path[i] === name)) ?? [];
  const name = path[group?.length ?? 0];
  if (group === undefined || what === undefined || name === undefined || isGoName(group, name))
    return undefined;
  // Critical paths exist of complete instances only.
  const isPath = path[group.length + 1] === "path";
  const names = new Set(
    paths
      .filter((each) => (isPath || each.length === path.length) && group.every((part, i) => each[i] === part))
      .map((each) => each[group.length] as string),
  );
  names.delete("");
  if (names.has(name)) return undefined;
  return { what, name, similar: mostSimilar(name, [...names], SIMILAR) };
}
