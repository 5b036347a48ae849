import { describe, expect, it } from "vitest";
import type { EventBlock } from "../../../src/event/block.js";
import { EventKind } from "../../../src/event/kind.js";
import { openTraceFile } from "../../../src/node.js";
import type { Trace } from "../../../src/order/trace.js";
import { FIRST_GROUP, Process } from "../../../src/sink/chrome/processes.js";
import { type JsonEvent, type JsonTrace, jsonOf } from "../../support/chrome-json.js";
import { fixtureTraces, someValidTraces } from "../../support/corpus.js";
import { WithUnknownThreads } from "../../support/unknown-threads.js";

async function eventsOf(trace: Trace): Promise<readonly JsonEvent[]> {
  return (JSON.parse((await jsonOf(trace)).text) as JsonTrace).traceEvents;
}

/** Arrows that end on some rows, as texts of their times, without those to goroutines still runnable at the end. */
function arrowsTo(events: readonly JsonEvent[], isRow: (pid: number) => boolean): string[] {
  const starts = new Map(events.filter(({ ph }) => ph === "s").map((event) => [event.id, event]));
  const runs = events.filter(({ ph, cat, name }) => ph === "X" && (cat === "go.run" || name === "running"));
  const places = new Set(runs.map(({ pid, tid, ts }) => `${pid} ${tid} ${ts}`));
  return events
    .filter(({ ph, pid, tid, ts }) => ph === "f" && isRow(pid) && places.has(`${pid} ${tid} ${ts}`))
    .filter(({ cat }) => cat !== "go.syscall")
    .map(({ id, name, ts }) => `${name} ${starts.get(id)?.ts} → ${ts}`);
}

const small = fixtureTraces().filter(({ name }) => !name.startsWith("http"));

describe("arrows in JSON for Chrome", () => {
  it.each(small)("lead to the same run on every kind of rows: $name", async ({ path }) => {
    const events = await eventsOf(await openTraceFile(path));
    const own = arrowsTo(events, (pid) => pid > FIRST_GROUP / 2).sort();
    expect(arrowsTo(events, (pid) => pid === Process.Procs).sort()).toEqual(own);
    expect(own).toEqual(expect.arrayContaining(arrowsTo(events, (pid) => pid === Process.Threads)));
  });

  it.each(someValidTraces(["annotations-go1.26", "sync-go1.26"]))(
    "lead to no later run where the first one's thread is not known: $name",
    async ({ path }) => {
      let runs = 0;
      const isUnknown = ({ kind }: EventBlock, i: number) =>
        kind[i] === EventKind.GoStart && runs++ % 2 === 0;
      const events = await eventsOf(new WithUnknownThreads(await openTraceFile(path), isUnknown));
      const own = new Set(arrowsTo(events, (pid) => pid > FIRST_GROUP / 2));
      const onThreads = arrowsTo(events, (pid) => pid === Process.Threads);
      expect(onThreads.length).toBeGreaterThan(own.size / 4);
      expect(onThreads.length).toBeLessThan(own.size);
      expect(onThreads.filter((text) => !own.has(text))).toEqual([]);
    },
  );
});
