import { describe, expect, test } from "vitest";
import { AnalysisPass, analyze } from "../../src/analysis/analysis.js";
import { ProcUse } from "../../src/analysis/proc-use.js";
import { openTrace, sourceOf } from "../../src/index.js";
import { openTraceFile } from "../../src/node.js";
import { openAsGoTells } from "../support/as-go-tells.js";
import { AssistTimes } from "../support/assist-times.js";
import { runningThread } from "../support/batch-writer.js";
import { exactTraces, goTests, variedTraces } from "../support/corpus.js";
import { GoProcs } from "../support/go-procs.js";
import { hasOracleText, oracleText } from "../support/oracle.js";
import { ProcTimesListener } from "../support/proc-times.js";
import { readBlocks } from "../support/reading.js";

test("a P exists while GOMAXPROCS includes it, however often that changes", async () => {
  const use = new ProcUse();
  let duration = 0;
  const finish = (time: number): void => {
    duration = time;
  };
  const pass = new AnalysisPass([use, { finish }]);
  const thread = runningThread();
  // P 1 exists in every second stretch, and until the first change.
  for (let i = 0; i < 7; i++) thread.event("ProcsChange", 10, i % 2 === 0 ? 2 : 1, 0);
  thread.event("ProcStatus", 0, 1, 2).event("HeapAlloc", 10, 1);
  const trace = await openTrace(sourceOf([thread.end().bytes()]));
  await readBlocks(trace, (block) => pass.events(block));
  pass.end();
  expect(use.rows().map(({ proc, total }) => [proc, total])).toEqual([
    [0, duration],
    [1, duration - 3 * 10],
  ]);
});

describe("every moment of a P is accounted for", () => {
  test.each([...variedTraces(), ...goTests()])("$name", async ({ path }) => {
    const use = new ProcUse();
    let duration = 0;
    const pass = new AnalysisPass([
      use,
      {
        finish: (time: number) => {
          duration = time;
        },
      },
    ]);
    const walk = new ProcTimesListener();
    const assists = new AssistTimes();
    await readBlocks(await openTraceFile(path), (block) => {
      pass.events(block);
      assists.block(block);
      walk.model.block(block);
    });
    pass.end();
    walk.model.finish();
    assists.finish();
    const rows = use.rows();
    for (const row of rows) {
      const { busy, gc, syscall, scheduling, idle, total } = row;
      expect(busy + syscall + scheduling + idle).toBe(total);
      expect(total).toBeLessThanOrEqual(duration);
      expect([row.proc, Math.min(busy, gc, syscall, scheduling, idle)]).toEqual([
        row.proc,
        expect.toSatisfy((n: number) => n >= 0),
      ]);
      expect(busy + syscall).toBe(walk.byProc.get(row.proc) ?? 0);
      expect(gc).toBeLessThanOrEqual(busy + scheduling);
      expect(row.assists).toBeLessThanOrEqual(gc);
    }
    if (!assists.isCut) expect(rows.reduce((sum, row) => sum + row.assists, 0)).toBe(assists.total);
    expect(rows.length).toBeGreaterThanOrEqual(walk.byProc.size);
  });
});

describe("what each P did is what Go's own text says", () => {
  test.each(exactTraces(variedTraces()).filter(hasOracleText))("$name", async (trace) => {
    const told = GoProcs.of(oracleText(trace) ?? "");
    const use = new ProcUse();
    const read = await openAsGoTells(trace.path);
    await analyze(read, [use]);
    const rows = use.rows();
    expect(rows.map(({ proc }) => proc)).toEqual([...told.ids].sort((a, b) => a - b));
    for (const { assists, busy, gc, proc, scheduling, syscall } of rows) {
      const { held, syscall: calls, ...times } = told.timesOf(proc);
      expect({ proc, busy, gc, assists }).toEqual({ proc, ...times });
      // Before Go 1.22, Go's reader takes the Ps from system calls at once, and has those beyond GOMAXPROCS run on.
      if (read.format.generation === 2)
        expect({ proc, syscall, held: busy + syscall + scheduling }).toEqual({ proc, syscall: calls, held });
    }
  });
});
