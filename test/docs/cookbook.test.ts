// @module-tag long

import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { openTraceFile } from "../../src/node.js";
import type { Trace } from "../../src/order/trace.js";
import { type AnswerRow, cellsOf, type Recipe, readCookbook } from "../support/cookbook.js";
import { FIXTURES, fixtureTraces } from "../support/corpus.js";
import { fullBytes } from "../support/full-output.js";
import { GO_ANSWERS, type GoAnswer } from "../support/go-answers.js";
import { goSourceWith, parsedByGo } from "../support/go-tool.js";
import { GoTrace } from "../support/go-trace.js";
import { leanBytes } from "../support/lean-output.js";
import { listDifference } from "../support/list-difference.js";
import { oracleSummary, oracleText } from "../support/oracle.js";
import { haveTraceProcessor } from "../support/perfetto-tools.js";
import { TraceProcessor } from "../support/trace-processor.js";

const { once, recipes, blocks } = readCookbook();
const fixtures = [...new Set(recipes.map(({ fixture }) => fixture))];
const texts = new Map(fixtureTraces().map((trace) => [trace.name, oracleText(trace)]));
const go = goSourceWith(
  "src/internal/trace/reader.go",
  "the cookbook's answers on larger traces by Go's own reader",
);

it("the cookbook has no query that is left out here", () => {
  expect(recipes.length).toBe(blocks - 1);
  const titles = recipes.map(({ title }) => title);
  expect(titles).toEqual(expect.arrayContaining(Object.keys(GO_ANSWERS)));
});

describe.skipIf(!(await haveTraceProcessor("the queries of the cookbook"))).each(fixtures)(
  "the cookbook on %s",
  (fixture) => {
    const mine = recipes.filter((recipe) => recipe.fixture === fixture);
    const lean = mine.filter(({ detail }) => detail === "Lean");
    let full: TraceProcessor;

    beforeAll(async () => {
      full = await loaded(fixture, fullBytes);
    });
    afterAll(() => full?.close());

    it.each(mine)("answers as it says: $title", ({ sql, rows, columns, isCut }) => {
      const answer = full.query<AnswerRow>(sql);
      expect(Object.keys(answer[0] ?? {})).toEqual(columns);
      expect(answer.slice(0, rows.length).map(cellsOf)).toEqual(rows);
      expect(answer.length > rows.length).toBe(isCut);
    });

    if (lean.length > 0) {
      it("answers the same from a lean conversion where it says so", async () => {
        const tp = await loaded(fixture, leanBytes);
        for (const { sql, title } of lean) expect(tp.query(sql), title).toEqual(full.query(sql));
        tp.close();
      });
    }

    describe.skipIf(texts.get(fixture) === undefined && go === undefined)("by Go's own text", () => {
      let trace: GoTrace;
      let exact: TraceProcessor;
      beforeAll(async () => {
        exact = await loaded(fixture, (each) => fullBytes(each, { keepYields: true }));
        trace = GoTrace.of(texts.get(fixture) ?? parsedByGo(pathOf(fixture), go?.root ?? ""));
      });

      afterAll(() => exact?.close());

      it.each(mine.filter(({ title }) => GO_ANSWERS[title] !== undefined))("is right: $title", (recipe) => {
        expect(answerDifference(exact, recipe, trace)).toEqual([]);
      });
    });
  },
);

const TASK_TIME = "Where does a task's time go?";

describe.skipIf(!(await haveTraceProcessor("the cookbook by Go's summarizer")))("by Go's summarizer", () => {
  it(`is right: ${TASK_TIME}`, async () => {
    const { fixture, sql } = recipes.find(({ title }) => title === TASK_TIME) as Recipe;
    const summary = oracleSummary({ name: fixture, path: pathOf(fixture), oracle: fixture });
    const tp = await loaded(fixture, fullBytes);
    const answer = tp.query<{ region: string; regions: number; running_us: number; waiting_us: number }>(sql);
    tp.close();
    expect(answer).toHaveLength(3);
    for (const { region, regions, running_us, waiting_us } of answer) {
      const mine = summary?.regions?.filter(({ Name }) => Name === region) ?? [];
      const sum = (of: (each: (typeof mine)[number]) => number) =>
        mine.reduce((ns, each) => ns + of(each), 0);
      expect(mine).toHaveLength(regions);
      expect(running_us).toBeCloseTo(sum(({ Exec }) => Exec) / 1e3, 1);
      const blocked = sum(({ Block = {} }) => Object.values(Block).reduce((ns, each) => ns + each, 0));
      expect(waiting_us).toBeCloseTo(blocked / 1e3, 1);
    }
  });
});

/** The rows of an answer that differ from what Go's own text says. */
function answerDifference(tp: TraceProcessor, { sql, title }: Recipe, trace: GoTrace): string[] {
  const goroutines = tp.query<{ id: number; name: string }>(
    "select g.id as id, name from go_goroutine g join thread using (utid)",
  );
  const names = new Map(goroutines.map(({ id, name }) => [id, name]));
  const expected = GO_ANSWERS[title]?.(trace, (goroutine) => names.get(goroutine) ?? "") ?? [];
  const columns = Object.keys(expected[0] ?? {});
  const lines = (rows: readonly GoAnswer[]) =>
    rows.map((row) => columns.map((column) => `${column} ${row[column] ?? "–"}`).join(", "));
  return listDifference(lines(tp.query<AnswerRow>(sql)), lines(expected));
}

function pathOf(fixture: string): string {
  return join(FIXTURES, `${fixture}.trace`);
}

/** A fixture's conversion, with what the cookbook runs once. */
async function loaded(
  fixture: string,
  convert: (trace: Trace) => Promise<Uint8Array>,
): Promise<TraceProcessor> {
  const tp = await TraceProcessor.load(await convert(await openTraceFile(pathOf(fixture))));
  tp.query(once);
  return tp;
}
