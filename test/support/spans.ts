/** A stretch of time, in nanoseconds. */
export interface Span {
  readonly begin: number;
  readonly end: number;
}

/** How long it is. */
export function length({ begin, end }: Span): number {
  return end - begin;
}

/** How long all are together. */
export function total(spans: readonly Span[]): number {
  return spans.reduce((sum, span) => sum + length(span), 0);
}

/** How long the longest is; 0 for none. */
export function longest(spans: readonly Span[]): number {
  return spans.reduce((most, span) => Math.max(most, length(span)), 0);
}

/** How many of the spans there were at most at once, and for how long there were any. */
export function overlap(spans: readonly Span[]): { most: number; some: number } {
  let most = 0;
  let some = 0;
  sweep([spans], ([count = 0], ns) => {
    most = Math.max(most, count);
    if (count > 0) some += ns;
  });
  return { most, some };
}

/** Tells for each stretch of time how many spans of each list there are. */
export function sweep(
  lists: readonly (readonly Span[])[],
  tell: (counts: readonly number[], ns: number) => void,
): void {
  const steps = lists.flatMap((spans, list) =>
    spans.flatMap(({ begin, end }) => [
      { time: begin, list, by: 1 },
      { time: end, list, by: -1 },
    ]),
  );
  steps.sort((a, b) => a.time - b.time);
  const counts = lists.map(() => 0);
  let time = 0;
  for (const step of steps) {
    if (step.time > time) tell(counts, step.time - time);
    time = step.time;
    counts[step.list] = (counts[step.list] as number) + step.by;
  }
}
