// @module-tag long

import { describe, expect, test } from "vitest";
import { EventKind } from "../../../src/event/kind.js";
import { GoState } from "../../../src/event/states.js";
import type { StackFrame } from "../../../src/event/tables.js";
import { validTrace } from "../../support/corpus.js";
import { withFull } from "../../support/full-output.js";
import { haveTraceProcessor } from "../../support/perfetto-tools.js";
import { readPftrace } from "../../support/pftrace-reader.js";
import { LIKE_GO, readFileBlocks } from "../../support/reading.js";
import type { TraceProcessor } from "../../support/trace-processor.js";

const haveEngine = await haveTraceProcessor("stacks of slices by SQL");
const { path } = validTrace("sync-go1.26");
const K = EventKind;

type Stacks = Map<string, string>;

interface Expected {
  /** Stacks by the time at which a wait began or ended, a line for each frame. */
  readonly begins: Stacks;
  readonly ends: Stacks;
}

const lines = (frames: readonly StackFrame[]) =>
  frames.map(({ func, file, line }) => `${func} ${file}:${line}`).join("\n");

async function expected(): Promise<Expected> {
  const begins: Stacks = new Map();
  const ends: Stacks = new Map();
  await readFileBlocks(path, LIKE_GO, (block) => {
    for (let i = 0; i < block.length; i++) {
      const kind = block.kind[i];
      // A goroutine that waits when it appears has waited since the trace began.
      const isOld = kind === K.GoStatus && block.from[i] === GoState.Undetermined;
      const isBegin = kind === K.GoBlock || (isOld && block.to[i] === GoState.Waiting);
      if (!isBegin && kind !== K.GoUnblock) continue;
      const frames = block.generation?.stacks.frames(block.stack[i] as number) ?? [];
      const key = `${isOld ? 0 : block.time[i]} ${block.subject[i]}`;
      if (frames.length > 0) (isBegin ? begins : ends).set(key, lines(frames));
    }
  });
  return { begins, ends };
}

const WAITS = `from slice s join thread_track t on s.track_id = t.id join thread using (utid)
  where s.category = 'go.wait'`;

/** Stacks by time and goroutine, from rows of absolute time, tid and stack. */
function stacksOf(tp: TraceProcessor, base: number, sql: string): Stacks {
  const rows = tp.query<{ ts: number; tid: number; stack: string | null }>(sql);
  const known = rows.filter(({ stack }) => stack !== null);
  return new Map(known.map(({ ts, tid, stack }) => [`${ts - base} ${tid}`, stack as string]));
}

/** The functions of a callsite as lines, the innermost first. */
const FUNCTIONS = (id: string) => `(with recursive up(id, n) as (
    select ${id}, 0 union all
    select c.parent_id, n + 1 from up join stack_profile_callsite c on c.id = up.id where c.parent_id is not null)
  select group_concat(name, char(10)) from (
    select f.name as name from up join stack_profile_callsite c on c.id = up.id
    join stack_profile_frame f on c.frame_id = f.id order by n))`;

describe.skipIf(!haveEngine)("stacks", () => {
  test("are callstacks where waits begin and end", async () => {
    const { begins, ends } = await expected();
    await withFull(path, {}, (tp, { base }) => {
      const from = `${WAITS.replace("where", "join __intrinsic_track_event_callstacks k on k.slice_id = s.id where")}`;
      const functions = (stacks: Stacks) =>
        new Map([...stacks].map(([key, stack]) => [key, stack.replaceAll(/ \/?[^\n]*:\d+$/gm, "")]));
      const sql = (id: string, ts: string) => `select ${ts} as ts, tid, ${FUNCTIONS(id)} as stack ${from}`;
      const shownBegins = stacksOf(tp, base, sql("k.callsite_id", "s.ts"));
      const shownEnds = stacksOf(tp, base, sql("k.end_callsite_id", "s.ts + s.dur"));
      expect(shownBegins).toEqual(functions(begins));
      expect(shownEnds).toEqual(functions(ends));
      expect(begins.size).toBeGreaterThan(1000);
    });
  });

  test("as annotations are the same, and there are no callstacks", async () => {
    const { begins, ends } = await expected();
    await withFull(path, { stacks: "annotation" }, (tp, { base, bytes }) => {
      const sql = (key: string, ts: string) =>
        `select ${ts} as ts, tid, extract_arg(s.arg_set_id, 'debug.${key}') as stack ${WAITS}`;
      expect(stacksOf(tp, base, sql("stack", "s.ts"))).toEqual(begins);
      expect(stacksOf(tp, base, sql("end stack", "s.ts + s.dur"))).toEqual(ends);
      expect(callstacksIn(bytes)).toBe(0);
    });
  });

  test("can be left out", async () => {
    await withFull(path, { stacks: "none" }, (tp, { bytes }) => {
      expect(callstacksIn(bytes)).toBe(0);
      const keys = tp.query<{ key: string }>("select distinct key from args where key glob '*stack*'");
      expect(keys).toEqual([]);
    });
  });

  test("of samples are never left out", async () => {
    const samples = validTrace("cpusamples-go1.26").path;
    for (const stacks of ["callstack", "annotation", "none"] as const) {
      const [with_, without] = await withFull(samples, { stacks }, (tp) =>
        ["is not null", "is null"].map(
          (what) =>
            tp.query<{ n: number }>(`select count(*) as n from perf_sample where callsite_id ${what}`)[0]?.n,
        ),
      );
      expect(with_).toBeGreaterThan(10);
      expect(without).toBe(0);
    }
  });
});

function callstacksIn(bytes: Uint8Array): number {
  return readPftrace(bytes).filter(({ track_event }) => track_event?.callstack_iid !== undefined).length;
}
