import CliTable from "cli-table3";
import { escapeText } from "../base/escape.js";
import type { Column, Table } from "./table.js";

/** What separates columns. */
const GAP = "  ";
/** No name is cut to less. */
const NARROWEST = 16;
/** Tables have no lines. */
const LINELESS = Object.fromEntries(
  ["top", "mid", "bottom", "left", "right"].flatMap((side) =>
    ["", "-mid", "-left", "-right"].map((part) => [`${side}${part}`, ""]),
  ),
);

/**
 * Tables as text for a terminal. What the trace has in control characters is escaped.
 * @param width columns of the terminal; undefined if it does not matter, as in a file
 */
export function terminalText(tables: readonly Table[], width: number | undefined): string {
  return tables.map((table) => tableText(table, width)).join("\n");
}

function tableText({ title, columns, rows, more }: Table, width: number | undefined): string {
  const cells = rows.map((row) => row.map(escapeText));
  const widths = widthsOf(columns, cells, width);
  const table = new CliTable({
    head: columns.map(({ head }) => head),
    colAligns: columns.map(({ align }) => align),
    chars: { ...LINELESS, middle: GAP },
    style: { "padding-left": 0, "padding-right": 0, head: [], border: [], compact: true },
  });
  table.push(
    ...cells.map((row) => row.map((cell, i) => shortened(cell, widths[i] as number, columns[i]?.cutAt))),
  );
  const lines = table.toString().split("\n");
  const rest = more > 0 ? [`… and ${more.toLocaleString("en")} more`] : [];
  return `${[title, "", ...lines.map((line) => line.trimEnd()), ...rest].join("\n")}\n`;
}

/** How wide columns may be: those that shrink share what is lacking. */
function widthsOf(
  columns: readonly Column[],
  rows: readonly string[][],
  width: number | undefined,
): number[] {
  const natural = columns.map(({ head }, i) =>
    Math.max(head.length, ...rows.map((row) => row[i]?.length ?? 0)),
  );
  const needed = natural.reduce((sum, each) => sum + each, GAP.length * (columns.length - 1));
  let lacking = width === undefined ? 0 : Math.max(0, needed - width);
  return natural.map((each, i) => {
    if (columns[i]?.cutAt === undefined) return each;
    const cut = Math.min(lacking, Math.max(0, each - NARROWEST));
    lacking -= cut;
    return each - cut;
  });
}

function shortened(text: string, width: number, cutAt: Column["cutAt"]): string {
  if (text.length <= width) return text;
  return cutAt === "start" ? `…${text.slice(text.length - width + 1)}` : `${text.slice(0, width - 1)}…`;
}
