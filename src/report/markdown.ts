import { escapeText } from "../base/escape.js";
import { grouped } from "../base/grouped.js";
import type { Table } from "./table.js";

/** Special characters of Markdown tables and of HTML within them. */
const SPECIAL = /[\\`*_{}[\]<>|~&#]/g;

/** Tables as Markdown, as GitHub and others show it. */
export function markdownText(tables: readonly Table[]): string {
  return tables.map(tableText).join("\n");
}

/**
 * Lines as a block of code. It has a fence, longer than any in the lines, because indented lines after a list are part of its last
 * item.
 */
export function codeBlock(lines: readonly string[]): string[] {
  const texts = lines.map((line) => escapeText(line));
  const longest = Math.max(
    2,
    ...texts.flatMap((text) => (text.match(/`+/g) ?? []).map(({ length }) => length)),
  );
  const fence = "`".repeat(longest + 1);
  return [fence, ...texts, fence];
}

function tableText({ title, columns, rows, more }: Table): string {
  const line = (cells: readonly string[]) => `| ${cells.join(" | ")} |`;
  const rest = more > 0 ? ["", `… and ${grouped(more)} more`] : [];
  const lines = [
    `## ${title}`,
    "",
    line(columns.map(({ head }) => escapeCell(head))),
    line(columns.map(({ align }) => (align === "right" ? "---:" : "---"))),
    ...rows.map((row) => line(row.map(escapeCell))),
    ...rest,
  ];
  return `${lines.join("\n")}\n`;
}

function escapeCell(text: string): string {
  return escapeText(text).replace(SPECIAL, (char) =>
    char === "<" ? "&lt;" : char === "&" ? "&amp;" : `\\${char}`,
  );
}
