import { expect, test } from "vitest";
import { analyze } from "../../../src/analysis/analysis.js";
import { GoroutineLives } from "../../../src/analysis/explain/goroutine-lives.js";
import { Waits } from "../../../src/analysis/explain/waits.js";
import { openTrace, sourceOf } from "../../../src/index.js";
import { runningThread } from "../../support/batch-writer.js";

test("coroutines, which are created waiting, are not older than the trace", async () => {
  const thread = runningThread();
  for (const coroutine of [2, 3, 4]) thread.event("GoCreateBlocked", 10, coroutine, 0, 0);
  // Switches to the first of them, which switches back, and later to its end.
  thread.event("GoSwitch", 10, 2, 1).event("GoSwitch", 10, 1, 1).event("GoSwitch", 10, 2, 2);
  thread.event("GoSwitchDestroy", 10, 1, 2).event("HeapAlloc", 1000, 1);
  const waits = new Waits();
  const lives = new GoroutineLives(waits.load);
  expect(await analyze(await openTrace(sourceOf([thread.end().bytes()])), [waits, lives])).toBeUndefined();
  expect({ alive: lives.alive, older: lives.older }).toEqual({ alive: 3, older: 1 });
  expect([...lives.lasting.values()].map(({ count }) => count)).toEqual([2]);
  expect([...lives.shortLives.values()].map(({ count }) => count)).toEqual([1]);
});
