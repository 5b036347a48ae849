import { QUANTITIES } from "./catalogue.js";
import { type Figure, figuresOf } from "./figures.js";
import type { Reports } from "./reports.js";

/** A number in two traces. */
export interface Change {
  readonly a: number;
  readonly b: number;
  /** B − A. */
  readonly change: number;
  /** The change relative to A: 0.5 is +50%, −1 is gone. Undefined if A is 0. */
  readonly relative: number | undefined;
}

export function changeOf(a: number, b: number): Change {
  return { a, b, change: b - a, relative: a === 0 ? undefined : (b - a) / a };
}

/** Sorts by absolute change, the largest first; then by relative change, new ones first; then by name. */
export function byChange<T extends Change>(nameOf: (row: T) => string): (one: T, other: T) => number {
  const size = ({ relative }: T) => (relative === undefined ? Number.MAX_VALUE : Math.abs(relative));
  return (one, other) =>
    Math.abs(other.change) - Math.abs(one.change) ||
    size(other) - size(one) ||
    compareText(nameOf(one), nameOf(other));
}

function compareText(one: string, other: string): number {
  return one < other ? -1 : one > other ? 1 : 0;
}

/** A figure in two traces. */
export interface FigureChange extends Change, Omit<Figure, "value"> {
  /** In the syntax of limits. */
  readonly name: string;
}

/**
 * The figures of two traces side by side: durations, then counts, sizes and shares, each with the largest change first.
 * What did not happen is 0. A share that a trace lacks is left out.
 */
export function figureChanges(a: Reports, b: Reports): FigureChange[] {
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
