const seconds = (value) => `${value.toFixed(2)} s`;
const megabytes = (value) => (value === undefined ? "" : `${(value / 1e6).toFixed(value < 10e6 ? 1 : 0)} MB`);
const factor = (value) => (value === undefined ? "" : value.toFixed(2));
const millions = (value) => (value / 1e6).toFixed(value < 10e6 ? 2 : 1);

/** What the figures depend on beside the code. */
export function machineText({ cpu, cores, memory, os, node, go }) {
  return `${cores} × ${cpu}, ${Math.round(memory / 2 ** 30)} GiB, ${os}, Node ${node}, ${go}`;
}

/** One size as an aligned table, with the least and the greatest ratio beside the median. */
export function sizeText({ size, bytes, events, rows }) {
  const head = ["", "wall", "CPU", "peak RSS", "output", "× Go's loop", "least–most"];
  const body = rows.map((row) => [...figures(row), ratioRange(row)]);
  const title = `${size}: ${(bytes / 1e6).toFixed(1)} MB, ${millions(events)} M events, medians of ${rows[0].runs.length}`;
  return `${title}\n${align([head, ...body])}`;
}

/** All sizes as one Markdown table, padded as the formatter of the project wants it. */
export function sizesMarkdown(sizes) {
  const head = ["trace", "", "wall", "CPU", "peak RSS", "output", "× Go's loop"];
  const body = sizes.flatMap(({ size, events, rows }) =>
    rows.map((row, index) => [index === 0 ? `${size}, ${millions(events)} M events` : "", ...figures(row)]),
  );
  const widths = columnWidths([head, ...body]).map((width) => Math.max(width, 3));
  const rule = widths.map((width, i) => (i < 2 ? "-".repeat(width) : `${"-".repeat(width - 1)}:`));
  return [head, rule, ...body].map((cells) => `| ${pad(cells, widths, 2).join(" | ")} |`).join("\n");
}

function figures({ label, wall, cpu, peakRss, output, ratio }) {
  return [label, seconds(wall), seconds(cpu), megabytes(peakRss), megabytes(output), factor(ratio)];
}

function ratioRange({ ratio, runs }) {
  if (ratio === undefined) return "";
  const ratios = runs.map((run) => run.ratio);
  return `${factor(Math.min(...ratios))}–${factor(Math.max(...ratios))}`;
}

function align(table) {
  const widths = columnWidths(table);
  return table.map((cells) => `  ${pad(cells, widths, 1).join("  ")}`.trimEnd()).join("\n");
}

function columnWidths(table) {
  return table[0].map((_, column) => Math.max(...table.map((cells) => cells[column].length)));
}

/** Text in the first columns starts on the left, the figures after it end on the right. */
function pad(cells, widths, textColumns) {
  return cells.map((cell, i) => (i < textColumns ? cell.padEnd(widths[i]) : cell.padStart(widths[i])));
}
