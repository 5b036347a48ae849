import { describe, expect, test } from "vitest";
import { AnalysisPass } from "../../src/analysis/analysis.js";
import { ProcUse } from "../../src/analysis/proc-use.js";
import { openTraceFile } from "../../src/node.js";
import { goTests, validTraces } from "../support/corpus.js";
import { ProcTimesListener } from "../support/proc-times.js";
import { readBlocks } from "../support/reading.js";

describe("every moment of a P is accounted for", () => {
  test.each([...validTraces(), ...goTests()])("$name", async ({ path }) => {
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
    await readBlocks(await openTraceFile(path), (block) => {
      pass.events(block);
      walk.model.block(block);
    });
    pass.end();
    walk.model.finish();
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
    }
    expect(rows.length).toBeGreaterThanOrEqual(walk.byProc.size);
  });
});
