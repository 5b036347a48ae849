const MOST = 10;

/** What one of two lists has more than the other, in any order, as a few lines; none where they are the same. */
export function listDifference(actual: readonly string[], expected: readonly string[]): string[] {
  const surplus = new Map<string, number>();
  for (const entry of actual) surplus.set(entry, (surplus.get(entry) ?? 0) + 1);
  for (const entry of expected) {
    const left = (surplus.get(entry) ?? 0) - 1;
    if (left === 0) surplus.delete(entry);
    else surplus.set(entry, left);
  }
  const lines = [...surplus].map(
    ([entry, count]) => `${count > 0 ? "unexpected" : "missing"} ×${Math.abs(count)}: ${entry}`,
  );
  return lines.length > MOST ? [...lines.slice(0, MOST), `and ${lines.length - MOST} more`] : lines;
}
