import { expect, test } from "vitest";
import type { Quantity } from "../../src/figures/catalogue.js";
import { changeOf, type FigureChange } from "../../src/figures/changes.js";
import type { TraceDifference } from "../../src/figures/trace-difference.js";
import { diffTables } from "../../src/report/diff-tables.js";

function row(figure: string, a: number, b: number, quantity: Quantity = "duration"): FigureChange {
  return { name: figure, path: figure.split("."), quantity, ...changeOf(a, b) };
}

/** The names of figures in the tables, by title. */
function shown(...figures: FigureChange[]): Record<string, string[]> {
  const trace = { name: "x", report: { trace: {}, goroutines: { count: 0 } } };
  const difference = { a: trace, b: trace, figures, findings: [], stacks: [] };
  const tables = diffTables(difference as unknown as TraceDifference, 100);
  return Object.fromEntries(
    tables.slice(1).map(({ title, rows }) => [title, rows.map(([name = ""]) => name)]),
  );
}

test("of durations that are equal in both traces, the plainest is shown", () => {
  expect(
    shown(
      row("function.main", 1, 9),
      row("function.main.states.runnable.total", 2, 8),
      row("function.main.schedWait", 2, 8),
      row("function.other.schedWait", 2, 8),
      row("function.main.exec", 2, 7),
    ),
  ).toEqual({
    "By start function: durations": [
      "function.main",
      "function.main.schedWait",
      "function.other.schedWait",
      "function.main.exec",
    ],
  });
  const once = ["max", "p99", "total", "min"].map((name) => row(`gc.stw.${name}`, 0, 5));
  const all = shown(...once, row("goroutines.exec", 3, 4), row("procs.busy", 3, 4));
  expect(all).toEqual({ "All together: durations": ["gc.stw.total", "goroutines.exec"] });
});

test("counts that are equal are shown, since they may be so by chance", () => {
  const counts = ["tasks.count", "tasks.complete"].map((name) => row(name, 1, 2, "count"));
  expect(shown(...counts)).toEqual({ "All together: counts": ["tasks.count", "tasks.complete"] });
});
