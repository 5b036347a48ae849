import { grouped } from "../base/grouped.js";
import { durationText, shareText, sizeText } from "../base/rounded.js";
import { QUANTITIES, type Quantity } from "../figures/catalogue.js";
import type { Change, FigureChange } from "../figures/changes.js";
import type { FindingChange } from "../figures/finding-changes.js";
import type { StackChange } from "../figures/stack-changes.js";
import type { TraceDifference } from "../figures/trace-difference.js";
import { type Cell, left, list, name, prose, right, type Table, table } from "./table.js";

/** Titles of groups of figures, by the first name of the path. */
const GROUPS: Readonly<Record<string, string>> = {
  function: "By start function",
  block: "By reason of waiting",
  task: "By type of task",
  region: "By region",
};
const QUANTITY_NAMES: Readonly<Record<Quantity, string>> = {
  duration: "durations",
  count: "counts",
  bytes: "sizes",
  share: "shares",
};

/**
 * The tables of a difference, the largest change first, without empty tables.
 * @param top most rows of each
 */
export function diffTables({ a, b, figures, findings, stacks }: TraceDifference, top: number): Table[] {
  // Findings have a table of their own.
  const changed = figures.filter(({ change, path }) => change !== 0 && path[0] !== "finding");
  const ofGroup = (title: string, rows: readonly FigureChange[]) =>
    QUANTITIES.map((quantity) =>
      figureTable(
        `${title}: ${QUANTITY_NAMES[quantity]}`,
        distinct(rows.filter((row) => row.quantity === quantity)),
        quantity,
        top,
      ),
    );
  const tables = [
    findingTable(findings, top),
    ...ofGroup(
      "All together",
      changed.filter(({ path }) => !Object.hasOwn(GROUPS, path[0] ?? "")),
    ),
    ...Object.entries(GROUPS).flatMap(([group, title]) =>
      ofGroup(
        title,
        changed.filter(({ path }) => path[0] === group),
      ),
    ),
    stackTable(
      stacks.filter(({ change }) => change !== 0),
      top,
    ),
  ];
  return [
    traceTable([
      { which: "A", ...a },
      { which: "B", ...b },
    ]),
    ...tables.filter(({ rows }) => rows.length > 0),
  ];
}

/**
 * The changes without those that say the same: durations of one function, or of all, that are equal to the nanosecond in both traces,
 * such as the sum and the longest of one wait.
 */
function distinct(rows: readonly FigureChange[]): FigureChange[] {
  const best = new Map<string, FigureChange>();
  for (const row of rows) {
    const key = keyOf(row);
    const known = best.get(key);
    if (known === undefined || isPlainer(row, known)) best.set(key, row);
  }
  return rows.filter((row) => best.get(keyOf(row)) === row);
}

function keyOf({ a, b, name: figure, path, quantity }: FigureChange): string {
  if (quantity !== "duration") return figure;
  const subject = Object.hasOwn(GROUPS, path[0] ?? "") ? path[1] : "";
  return `${a} ${b} ${subject}`;
}

/** Whether a figure says more plainly what another one says: it has fewer names, or is a sum. */
function isPlainer(one: FigureChange, other: FigureChange): boolean {
  const isSum = ({ path }: FigureChange) => (path.at(-1) === "total" ? 1 : 0);
  return (other.path.length - one.path.length || isSum(one) - isSum(other)) > 0;
}

type TraceRow = TraceDifference["a"] & { readonly which: string };

function traceTable(rows: readonly TraceRow[]): Table {
  return table("Traces", rows, rows.length, [
    left("", ({ which }) => which),
    name("trace", (row) => row.name),
    right("duration", ({ report }) => durationText(report.trace.duration)),
    right("events", ({ report }) => grouped(report.trace.events)),
    right("goroutines", ({ report }) => grouped(report.goroutines.count)),
    left("complete", ({ report }) => (report.trace.incomplete ? "no" : "yes")),
  ]);
}

function findingTable(rows: readonly FindingChange[], top: number): Table {
  const weight = (finding: FindingChange["a"]) => (finding === undefined ? "-" : shareText(finding.weight));
  return table("Findings", rows, top, [
    left("", ({ a, b }) => (a === undefined ? "new" : b === undefined ? "gone" : "both")),
    left("kind", ({ kind }) => kind),
    right("A", ({ a }) => weight(a)),
    right("B", ({ b }) => weight(b)),
    prose("finding", ({ a, b }) => (b ?? a)?.sentence ?? ""),
  ]);
}

function figureTable(title: string, rows: readonly FigureChange[], quantity: Quantity, top: number): Table {
  return table(title, rows, top, [
    name("figure", (row) => row.name),
    ...changeCells<FigureChange>((value) => valueText(quantity, value)),
  ]);
}

function stackTable(rows: readonly StackChange[], top: number): Table {
  return table("By stack", rows, top, [
    left("profile", ({ kind }) => kind),
    list("reason", ({ reason }) => reason || "-"),
    list("stack, the innermost first", ({ stack }) => stack.join(" < ") || "(unknown)"),
    ...changeCells<StackChange>(durationText),
  ]);
}

function changeCells<T extends Change>(text: (value: number) => string): Cell<T>[] {
  return [
    right("A", ({ a }) => text(a)),
    right("B", ({ b }) => text(b)),
    right("change", ({ change }) => `${change < 0 ? "-" : "+"}${text(Math.abs(change))}`),
    right("relative", relativeText),
  ];
}

function relativeText({ relative }: Change): string {
  if (relative === undefined) return "new";
  return `${relative < 0 ? "" : "+"}${shareText(relative)}`;
}

function valueText(quantity: Quantity, value: number): string {
  if (quantity === "duration") return durationText(value);
  if (quantity === "bytes") return sizeText(value);
  return quantity === "share" ? shareText(value) : grouped(value);
}
