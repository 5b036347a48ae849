import { describe, expect, test } from "vitest";
import { durationText, shareText, sizeText } from "../../src/base/rounded.js";
import { jsonText } from "../../src/report/json.js";
import { markdownText } from "../../src/report/markdown.js";
import { left, list, name, optional, prose, right, type Table, table } from "../../src/report/table.js";
import { terminalText } from "../../src/report/terminal.js";
import fc from "../support/properties.js";

interface Row {
  readonly function: string;
  readonly count: number;
  readonly note: string;
}

const CELLS = [
  name<Row>("function", (row) => row.function),
  right<Row>("count", ({ count }) => String(count)),
  list<Row>("note", ({ note }) => note),
];
const rowsOf = (...rows: Row[]): Table => table("Title", rows, 2, CELLS);
const jsonOf = (value: unknown) => [...jsonText(value)].join("");
const LONG = "example.com/a/very/long/path.(*Server).Serve.func1";

describe("a terminal", () => {
  test("gets aligned columns, and the number of further rows", () => {
    const rows = [1, 20, 3].map((count) => ({ function: "main.f", count, note: "x" }));
    expect(terminalText([rowsOf(...rows)], undefined)).toBe(
      [
        "Title",
        "",
        "function  count  note",
        "main.f        1  x",
        "main.f       20  x",
        "… and 1 more",
        "",
      ].join("\n"),
    );
  });

  test("gets lines no wider than it is: names keep their ends, lists their beginnings", () => {
    const wide = rowsOf({ function: LONG, count: 1, note: "main.f 3 ms, main.g 2 ms, main.h 1 ms" });
    const lines = terminalText([wide], 60).split("\n");
    expect(Math.max(...lines.map(({ length }) => length))).toBeLessThanOrEqual(60);
    expect(lines.join()).toContain("(*Server).Serve");
    expect(lines.join()).toMatch(/main\.f 3 ms/);
    expect(terminalText([wide], undefined)).toContain(LONG);
  });

  test("gets all of a sentence, on as many lines as it takes", () => {
    const note = "Up to 7 goroutines at once waited for a lock at main.lock, which slept all of the time.";
    const cells = [...CELLS.slice(0, 2), prose<Row>("finding", (row) => row.note)];
    const found = table("Title", [{ function: "main.f", count: 1, note }], 2, cells);
    const [, , , ...lines] = terminalText([found], 50).trimEnd().split("\n");
    expect(Math.max(...lines.map(({ length }) => length))).toBeLessThanOrEqual(50);
    expect(lines.map((line) => line.slice(17)).join(" ")).toBe(note);
    expect(lines.slice(1).map((line) => line.slice(0, 17).trim())).toEqual(lines.slice(1).map(() => ""));
    expect(terminalText([found], undefined)).toContain(note);
  });

  test("that is too narrow gets fewer columns, but all important ones", () => {
    const cells = [...CELLS, optional(right<Row>("total of them all", () => "1000000"))];
    const wide = table("Title", [{ function: LONG, count: 1, note: "note" }], 2, cells);
    expect(terminalText([wide], 80)).toContain("total of them all");
    const narrow = terminalText([wide], 40);
    expect(narrow).not.toContain("total");
    expect(narrow).toContain("count");
    expect(Math.max(...narrow.split("\n").map(({ length }) => length))).toBeLessThanOrEqual(40);
  });

  test("gets no control characters", () => {
    const hostile = rowsOf({ function: "\u001b[31mred\u0007\n\u009b2J", count: 1, note: "\u2028\u202e" });
    const text = terminalText([hostile], 80);
    // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what it is about
    expect(text.replaceAll("\n", "")).not.toMatch(/[\u0000-\u001f\u007f-\u009f\u2028\u202e]/);
    expect(text.split("\n")).toHaveLength(5);
    expect(text).toContain("\\u001b[31mred");
  });
});

test("Markdown and JSON escape special characters", () => {
  const hostile = rowsOf({ function: "a|b <script> `x` *y*", count: 1, note: "\u009b1m" });
  const lines = markdownText([hostile]).split("\n");
  expect(lines[4]).toBe("| a\\|b &lt;script\\> \\`x\\` \\*y\\* | 1 | \\\\u009b1m |");
  expect(jsonOf({ text: "\u009b1m\n" })).toBe('{\n  "text": "\\u009b1m\\n"\n}\n');
  expect(JSON.parse(jsonOf({ text: "\u009b\u2028\u007f" }))).toEqual({ text: "\u009b\u2028\u007f" });
});

test("JSON in pieces is that of JSON.stringify", () => {
  fc.assert(
    fc.property(fc.jsonValue({ maxDepth: 7 }), (value) => {
      const made = [value, { value, absent: undefined }, [[[[value]]]]];
      expect(jsonOf(made)).toBe(`${JSON.stringify(made, undefined, 2)}\n`);
    }),
  );
});

test("an empty name is unknown", () => {
  expect(rowsOf({ function: "", count: 1, note: "" }).rows).toEqual([["(unknown)", "1", ""]]);
  expect(table("t", [1], 1, [left("a", String)]).more).toBe(0);
});

test("quantities have three digits", () => {
  expect([0, 999, 1234, 99_960, 1_500_000, 12_345_678_901].map(durationText)).toEqual([
    "0",
    "999 ns",
    "1.23 µs",
    "100 µs",
    "1.50 ms",
    "12.3 s",
  ]);
  expect([undefined, 12, 2048, 3 * 2 ** 30].map(sizeText)).toEqual(["?", "12 B", "2.00 KiB", "3.00 GiB"]);
  expect([shareText(1, 3), shareText(0, 0)]).toEqual(["33.3%", "-"]);
});
