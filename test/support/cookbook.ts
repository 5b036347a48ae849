import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import type { SqlValue } from "./trace-processor.js";

/** A row of an answer. */
export type AnswerRow = Readonly<Record<string, SqlValue>>;

/** A question of docs/cookbook.md. */
export interface Recipe {
  readonly title: string;
  /** The least detail that its query needs. */
  readonly detail: "Full" | "Lean";
  /** Name of the fixture. */
  readonly fixture: string;
  readonly sql: string;
  /** Cells of the rows that the document shows. */
  readonly rows: readonly (readonly string[])[];
  readonly columns: readonly string[];
  /** Whether there are more rows than it shows. */
  readonly isCut: boolean;
}

/** The document: what to run once, and the questions. */
export interface Cookbook {
  readonly once: string;
  readonly recipes: readonly Recipe[];
  /** How many blocks of SQL there are in all. */
  readonly blocks: number;
}

const SQL = /^```sql\n(.*?)^```$/ms;
const USED = /^(Full|Lean), \[(.+?)\.trace\]\(\.\.\/test\/fixtures\/\2\.trace\):$/m;

/** Reads docs/cookbook.md. @throws Error for a query without a trace or an answer */
export function readCookbook(): Cookbook {
  const text = readFileSync(fileURLToPath(new URL("../../docs/cookbook.md", import.meta.url)), "utf8");
  const [once = "", ...queries] = text.split(/^## /m).filter((section) => SQL.test(section));
  return {
    once: SQL.exec(once)?.[1] ?? "",
    recipes: queries.map(recipe),
    blocks: text.match(/^```sql$/gm)?.length ?? 0,
  };
}

/** The cells of a row as the document shows them. */
export function cellsOf(row: AnswerRow): string[] {
  return Object.values(row).map((value) => (value === null ? "" : String(value)));
}

function recipe(section: string): Recipe {
  const [title = ""] = section.split("\n", 1);
  const [, detail, fixture] = USED.exec(section) ?? [];
  const [head, , ...lines] = tableBehind(section);
  if (detail === undefined || fixture === undefined) throw new Error(`no trace beside the query: ${title}`);
  if (head === undefined || lines.length === 0) throw new Error(`no answer to the query: ${title}`);
  const rows = lines.map(cells);
  const isCut = rows.at(-1)?.[0] === "…";
  return {
    title,
    detail: detail as "Full" | "Lean",
    fixture,
    sql: SQL.exec(section)?.[1] ?? "",
    rows: isCut ? rows.slice(0, -1) : rows,
    columns: cells(head),
    isCut,
  };
}

/** The lines of the table that stands behind the query. */
function tableBehind(section: string): string[] {
  const behind = section.split(SQL).at(-1) ?? "";
  return behind.split("\n").filter((line) => line.startsWith("|"));
}

function cells(line: string): string[] {
  return line
    .slice(1, -1)
    .split("|")
    .map((cell) => cell.trim());
}
