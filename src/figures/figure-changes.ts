import type { StatsReport } from "../analysis/stats/stats-report.js";
import { QUANTITIES } from "./catalogue.js";
import { byChange, type Change, changeOf } from "./change.js";
import { type Figure, figuresOf } from "./figures.js";

/** A figure of two traces. */
export interface FigureChange extends Change, Omit<Figure, "value"> {
  /** As in a limit. */
  readonly name: string;
}

/**
 * The figures of two traces side by side: durations, counts, sizes and shares one after the other, of each the largest
 * change first. What did not happen in a trace is 0; a share that one of them does not have is left out.
 */
export function figureChanges(a: StatsReport, b: StatsReport): FigureChange[] {
  const [of, to] = [figuresOf(a), figuresOf(b)];
  const all = new Map([...of, ...to]);
  const changes = [...all].flatMap(([name, { path, quantity }]): FigureChange[] => {
    const [one, other] = [of.get(name)?.value, to.get(name)?.value];
    if (quantity === "share" && (one === undefined || other === undefined)) return [];
    return [{ name, path, quantity, ...changeOf(one ?? 0, other ?? 0) }];
  });
  const sort = byChange<FigureChange>(({ name }) => name);
  return QUANTITIES.flatMap((each) => changes.filter(({ quantity }) => quantity === each).sort(sort));
}
