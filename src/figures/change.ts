/** A number of two traces. */
export interface Change {
  readonly a: number;
  readonly b: number;
  /** B less A. */
  readonly change: number;
  /** That as a part of A: 0.5 is half as much again, −1 is gone. Undefined where A has none. */
  readonly relative: number | undefined;
}

export function changeOf(a: number, b: number): Change {
  return { a, b, change: b - a, relative: a === 0 ? undefined : (b - a) / a };
}

/** Sorts the largest change first, up or down; among equals what is new or changed more of itself, then by name. */
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
