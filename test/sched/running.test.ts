import { describe, expect, it } from "vitest";
import { AsGoTells } from "../support/as-go-tells.js";
import { exactTraces, goTests, variedTraces } from "../support/corpus.js";
import { oracleSummary } from "../support/oracle.js";
import { ProcTimesListener } from "../support/proc-times.js";
import { LIKE_GO, readFileBlocks } from "../support/reading.js";
import { RunningWalk } from "../support/running-walk.js";

async function walk(
  path: string,
  view?: AsGoTells,
): Promise<{ walk: RunningWalk; model: ProcTimesListener }> {
  const times = new RunningWalk();
  const listener = new ProcTimesListener();
  await readFileBlocks(path, LIKE_GO, (block) => {
    view?.summarized(block);
    times.block(block);
    listener.model.block(block);
  });
  times.finish();
  listener.model.finish();
  return { walk: times, model: listener };
}

/** Times by id, without those that are zero. */
function positive(times: ReadonlyMap<number, number>): Record<number, number> {
  return Object.fromEntries([...times].filter(([, time]) => time !== 0));
}

const summarized = exactTraces().filter((trace) => oracleSummary(trace) !== undefined);

describe("the time that goroutines have a P", () => {
  it.each([...variedTraces(), ...goTests()])(
    "by the model is that by the events themselves: $name",
    async ({ path }) => {
      const { walk: times, model } = await walk(path);
      expect(positive(model.byGoroutine)).toEqual(positive(times.byGoroutine));
      expect(positive(model.byProc)).toEqual(positive(times.byProc));
    },
  );

  it.each(summarized)(
    "is what Go's summarizer says, where it sees that a P is gone: $name",
    async (trace) => {
      const { walk: times } = await walk(trace.path, new AsGoTells(trace.path));
      const of = (map: ReadonlyMap<number, number>, id: number): number => map.get(id) ?? 0;
      const ours: Record<number, [number, number]> = {};
      const gos: Record<number, [number, number]> = {};
      for (const { ID, Exec, Syscall, SyscallBlk } of oracleSummary(trace)?.goroutineList ?? []) {
        const unseen = of(times.withoutProc, ID) - of(times.seenWithoutProc, ID);
        ours[ID] = [of(times.lastLife, ID) + unseen, of(times.seenWithoutProc, ID)];
        gos[ID] = [Exec + Syscall, SyscallBlk];
      }
      expect(ours).toEqual(gos);
    },
  );
});
