/**
 * The names most similar to another one, best first. Similarity counts shared letters and pairs of letters.
 */
export function mostSimilar(wanted: string, names: readonly string[], count: number): string[] {
  const parts = partsOf(wanted);
  const rated = names.map((name) => ({ name, score: likeness(parts, partsOf(name)) }));
  rated.sort((a, b) => b.score - a.score || (a.name < b.name ? -1 : 1));
  return rated.slice(0, count).map(({ name }) => name);
}

/** Letters count too: swapping two letters of a short name leaves no pair intact. */
function partsOf(text: string): Set<string> {
  const lower = text.toLowerCase();
  const parts = new Set<string>(lower);
  for (let i = 0; i + 1 < lower.length; i++) parts.add(lower.slice(i, i + 2));
  return parts;
}

/** From 0, nothing in common, to 1, everything. */
function likeness(one: ReadonlySet<string>, other: ReadonlySet<string>): number {
  let common = 0;
  for (const pair of one) if (other.has(pair)) common++;
  return one.size + other.size === 0 ? 0 : (2 * common) / (one.size + other.size);
}
