/** The names that are most like another one, best first: those that share most letters, and pairs of them, with it. */
export function mostSimilar(wanted: string, names: readonly string[], count: number): string[] {
  const parts = partsOf(wanted);
  const rated = names.map((name) => ({ name, score: likeness(parts, partsOf(name)) }));
  rated.sort((a, b) => b.score - a.score || (a.name < b.name ? -1 : 1));
  return rated.slice(0, count).map(({ name }) => name);
}

/** Letters too: two that are swapped leave a short name no pair. */
function partsOf(text: string): Set<string> {
  const lower = text.toLowerCase();
  const parts = new Set<string>(lower);
  for (let i = 0; i + 1 < lower.length; i++) parts.add(lower.slice(i, i + 2));
  return parts;
}

/** From 0, nothing in common, to 1, all. */
function likeness(one: ReadonlySet<string>, other: ReadonlySet<string>): number {
  let common = 0;
  for (const pair of one) if (other.has(pair)) common++;
  return one.size + other.size === 0 ? 0 : (2 * common) / (one.size + other.size);
}
