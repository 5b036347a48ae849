/**
 * Medians of the samples of each row. That of the ratios is taken over the ratios of the runs: it is not the ratio
 * of two medians, which may come from different moments.
 *
 * @param {import("./rows.mjs").Row[]} rows
 * @param {Map<string, import("./measure.mjs").Sample[]>} samples
 */
export function summarize(rows, samples) {
  return rows.map(({ name, label, against }) => {
    const runs = samples.get(name);
    return {
      name,
      label,
      against,
      wall: median(runs, "wall"),
      cpu: median(runs, "cpu"),
      peakRss: median(runs, "peakRss"),
      output: median(runs, "output"),
      ratio: median(runs, "ratio"),
      runs,
    };
  });
}

/** The median of a figure over runs; undefined without any. */
export function median(runs, figure) {
  const sorted = runs.map((run) => run[figure]).sort((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  if (sorted[middle] === undefined) return undefined;
  return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}
