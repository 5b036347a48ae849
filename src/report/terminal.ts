import CliTable from "cli-table3";
import { escapeText } from "../base/escape.js";
import { grouped } from "../base/grouped.js";
import type { Column, Table } from "./table.js";
import { wrapped } from "./wrapped.js";

/** What separates columns. */
const GAP = "  ";
/** Shortest length that a name is cut to. */
const NARROWEST = 16;
/**
 * The longest name, even in a file, because all rows have the width of the longest. Go 1.22 and later limit
 * texts to it.
 */
const WIDEST = 1024;
/** Tables without lines. */
const LINELESS = Object.fromEntries(
  ["top", "mid", "bottom", "left", "right"].flatMap((side) =>
    ["", "-mid", "-left", "-right"].map((part) => [`${side}${part}`, ""]),
  ),
);

/**
 * Tables as text for a terminal. Control characters in the trace are escaped.
 * @param width columns of the terminal; undefined if it does not matter, as in a file
 */
export function terminalText(tables: readonly Table[], width: number | undefined): string {
  return tables.map((table) => tableText(table, width)).join("\n");
}

function tableText({ title, columns, rows, more }: Table, width: number | undefined): string {
  const all = columns.map((column, i) =>
    fitted(
      column,
      rows.map((row) => escapeText(row[i] ?? "")),
    ),
  );
  const shown = narrowed(all, width);
  const table = new CliTable({
    head: shown.map(({ column }) => column.head),
    colAligns: shown.map(({ column }) => column.align),
    chars: { ...LINELESS, middle: GAP },
    style: { "padding-left": 0, "padding-right": 0, head: [], border: [], compact: true },
  });
  table.push(...rows.map((_row, i) => shown.map((column) => shortened(column, i))));
  const lines = table.toString().split("\n");
  const rest = more > 0 ? [`… and ${grouped(more)} more`] : [];
  return `${[title, "", ...lines.map((line) => line.trimEnd()), ...rest].join("\n")}\n`;
}

/** A column with its cells and width. */
interface Fitted {
  readonly column: Column;
  readonly cells: readonly string[];
  width: number;
}

function fitted(column: Column, cells: readonly string[]): Fitted {
  const longest = Math.max(column.head.length, ...cells.map(({ length }) => length));
  return { column, cells, width: column.cutAt === undefined ? longest : Math.min(longest, WIDEST) };
}

/** Columns that fit into a width. The widest are cut first; then dispensable ones are left out, the last first. */
function narrowed(all: readonly Fitted[], width: number | undefined): Fitted[] {
  const columns = [...all];
  const lacking = () =>
    columns.reduce((sum, each) => sum + each.width + GAP.length, -GAP.length) - (width ?? 0);
  if (width === undefined) return columns;
  while (lacking() > 0) {
    const widest = columns.filter(isLong).sort((a, b) => b.width - a.width)[0];
    const spare = columns.findLastIndex(({ column }) => column.optional);
    if (widest !== undefined) widest.width--;
    else if (spare >= 0) columns.splice(spare, 1);
    else break;
  }
  return columns;
}

function isLong({ column, width }: Fitted): boolean {
  return column.cutAt !== undefined && width > Math.max(NARROWEST, column.head.length);
}

function shortened({ column, cells, width }: Fitted, row: number): string {
  const text = cells[row] ?? "";
  if (text.length <= width) return text;
  if (column.cutAt === "below") return wrapped(text, width).join("\n");
  return column.cutAt === "start"
    ? `…${text.slice(text.length - width + 1)}`
    : `${text.slice(0, width - 1)}…`;
}
