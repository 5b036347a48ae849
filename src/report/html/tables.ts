import { grouped } from "../../base/grouped.js";
import type { Table } from "../table.js";
import type { PageLimits } from "./limits.js";
import { html } from "./text.js";

/** How much longer than a name a sentence may be. */
export const PROSE = 5;

/** A cell of a table: a text, or HTML that is safe already, with what it is sorted by unless that is its text. */
export type HtmlCell = string | { readonly html: string; readonly value?: number };

export interface HtmlColumn {
  readonly head: string;
  readonly align?: "left" | "right";
  /** Names and places are set as code. */
  readonly code?: boolean;
  /** Whether it has sentences, which may be longer than names. */
  readonly prose?: boolean;
  /** Whether it is left out on a narrow screen. */
  readonly wide?: boolean;
}

/** A table whose rows can be sorted by a click on a column's head. */
export interface HtmlTable {
  readonly title: string;
  readonly columns: readonly HtmlColumn[];
  readonly rows: readonly (readonly HtmlCell[])[];
  /** Number of further rows. */
  readonly more: number;
}

/** A table as HTML; the title is its caption. */
export function tableHtml({ title, columns, rows, more }: HtmlTable, { longest }: PageLimits): string {
  const heads = columns.map(headHtml);
  const lines = rows.map((row) => {
    const cells = row.map((cell, i) => cellHtml(cell, columns[i] ?? { head: "" }, longest));
    return `<tr>${cells.join("")}</tr>`;
  });
  return `<div class="scroll" tabindex="0" role="region" aria-label="${html(title)}">
<table class="sortable"><caption>${html(title)}</caption>
<thead><tr>${heads.join("")}</tr></thead>
<tbody>${lines.join("\n")}</tbody></table></div>${moreHtml(more)}`;
}

/** A table of the terminal as HTML, in an element that opens. @param isOpen whether it is open from the start */
export function detailsHtml(
  { title, columns, rows, more }: Table,
  limits: PageLimits,
  isOpen = false,
): string {
  const shown = rows.slice(0, limits.rows);
  const table = tableHtml(
    {
      title,
      columns: columns.map(({ head, align, cutAt }) => ({
        head,
        align,
        code: cutAt === "start",
        prose: cutAt === "below",
      })),
      rows: shown,
      more: more + rows.length - shown.length,
    },
    limits,
  );
  return `<details class="data"${isOpen ? " open" : ""}><summary>${html(title)} <small>${grouped(rows.length + more)}</small></summary>
${table}</details>`;
}

/** How many rows a table leaves out. */
export function moreHtml(more: number): string {
  return more > 0 ? `<p class="more">… and ${grouped(more)} more</p>` : "";
}

/** A head without a text is no head, and nothing to sort by. */
function headHtml(column: HtmlColumn): string {
  return column.head === "" ? "<td></td>" : `<th scope="col"${classOf(column)}>${html(column.head)}</th>`;
}

function cellHtml(cell: HtmlCell, column: HtmlColumn, longest: number): string {
  const most = column.prose ? PROSE * longest : longest;
  const text = typeof cell === "string" ? html(cell, most) : cell.html;
  const value = typeof cell === "string" || cell.value === undefined ? "" : ` data-value="${cell.value}"`;
  return `<td${classOf(column)}${value}>${column.code ? `<code>${text}</code>` : text}</td>`;
}

function classOf({ align, wide }: HtmlColumn): string {
  const names = [align === "right" ? "num" : "", wide ? "wide" : ""].filter((name) => name !== "");
  return names.length > 0 ? ` class="${names.join(" ")}"` : "";
}
