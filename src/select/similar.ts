/** The names that are most like another one, best first: those that share most pairs of letters with it. */
export function mostSimilar(wanted: string, names: readonly string[], count: number): string[] {
  const pairs = pairsOf(wanted);
  const rated = names.map((name) => ({ name, score: likeness(pairs, pairsOf(name)) }));
  rated.sort((a, b) => b.score - a.score || (a.name < b.name ? -1 : 1));
  return rated.slice(0, count).map(({ name }) => name);
}

function pairsOf(text: string): Set<string> {
  const lower = text.toLowerCase();
  const pairs = new Set<string>();
  for (let i = 0; i + 1 < lower.length; i++) pairs.add(lower.slice(i, i + 2));
  return pairs;
}

/** From 0, nothing in common, to 1, all. */
function likeness(one: ReadonlySet<string>, other: ReadonlySet<string>): number {
  let common = 0;
  for (const pair of one) if (other.has(pair)) common++;
  return one.size + other.size === 0 ? 0 : (2 * common) / (one.size + other.size);
}
