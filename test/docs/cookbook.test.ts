import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { openTraceFile } from "../../src/node.js";
import { type AnswerRow, cellsOf, readCookbook } from "../support/cookbook.js";
import { FIXTURES } from "../support/corpus.js";
import { fullBytes } from "../support/full-output.js";
import { leanBytes } from "../support/lean-output.js";
import { haveTraceProcessor } from "../support/perfetto-tools.js";
import { TraceProcessor } from "../support/trace-processor.js";

const { once, recipes, blocks } = readCookbook();
const fixtures = [...new Set(recipes.map(({ fixture }) => fixture))];

it("the cookbook has no query that is left out here", () => {
  expect(recipes.length).toBe(blocks - 1);
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

    it.runIf(lean.length > 0)("answers the same from a lean conversion where it says so", async () => {
      const tp = await loaded(fixture, leanBytes);
      for (const { sql, title } of lean) expect(tp.query(sql), title).toEqual(full.query(sql));
      tp.close();
    });
  },
);

/** A fixture's conversion, with what the cookbook runs once. */
async function loaded(fixture: string, convert: typeof fullBytes): Promise<TraceProcessor> {
  const trace = await openTraceFile(join(FIXTURES, `${fixture}.trace`));
  const tp = await TraceProcessor.load(await convert(trace));
  tp.query(once);
  return tp;
}
