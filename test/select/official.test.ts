import { describe, expect, it } from "vitest";
import type { EventBlock } from "../../src/event/block.js";
import { EventKind } from "../../src/event/kind.js";
import { openTraceFile } from "../../src/node.js";
import {
  findSelection,
  partOf,
  type SelectionQuery,
  type TracePart,
} from "../../src/select/find-selection.js";
import { parseGoroutineSelector } from "../../src/select/goroutine-selector.js";
import { SnapshotGeneration } from "../../src/select/snapshot-generation.js";
import { openAsGoPrints } from "../support/as-go-tells.js";
import { type CorpusTrace, exactTraces, variedTraces } from "../support/corpus.js";
import { GoText } from "../support/go-text.js";
import { type OfficialEvent, officialCase, officialEvents } from "../support/official-events.js";
import { hasOracleText, oracleSummary, oracleText } from "../support/oracle.js";
import { LIKE_GO, readBlocks } from "../support/reading.js";

const traces = exactTraces(variedTraces()).filter(
  (trace) => hasOracleText(trace) && oracleSummary(trace) !== undefined,
);

const official = (trace: CorpusTrace) => officialEvents(oracleText(trace) as string);
const at = (events: readonly OfficialEvent[], share: number) =>
  events[Math.floor(events.length * share)]?.time ?? 0;

/** What a part of a trace is in Go's text: what is restated at its beginning, and the events in it. */
async function partText({ path }: CorpusTrace, part: TracePart): Promise<{ restated: string; rest: string }> {
  const trace = partOf(await openAsGoPrints(path), part);
  const { from = 0, to = Number.POSITIVE_INFINITY } = part.window ?? {};
  let restated = "";
  let rest = "";
  let text: GoText | undefined;
  const own = (block: EventBlock, i: number) =>
    block.kind[i] !== EventKind.Sync && (block.time[i] as number) < to - from;
  await readBlocks(trace, (block) => {
    text ??= new GoText(trace.timeBase);
    const events = [...text.events(block)];
    if (block.generation instanceof SnapshotGeneration) restated += events.join("");
    else rest += events.filter((_, i) => own(block, i)).join("");
  });
  return { restated, rest };
}

const inOrder = (events: readonly OfficialEvent[]) =>
  events
    .filter(({ kind }) => kind !== "Sync")
    .map(({ kind, fields, goroutine }) => ({ kind, fields, goroutine }));

describe("a window, by Go's own text", () => {
  it.each(traces)("begins with what is the case then, and holds the events in it: $name", async (trace) => {
    const events = official(trace);
    for (const [begin, end] of [
      [0.1, 0.4],
      [0.5, 0.9],
    ] as const) {
      const window = { from: at(events, begin), to: at(events, end) };
      const { restated, rest } = await partText(trace, { window });
      expect(officialCase(officialEvents(restated))).toEqual(
        officialCase(events.filter(({ time }) => time < window.from)),
      );
      const within = events.filter(({ time }) => time >= window.from && time < window.to);
      expect(inOrder(officialEvents(rest))).toEqual(inOrder(within));
    }
  });
});

const query = (more: Partial<SelectionQuery>): SelectionQuery => ({ goroutines: [], ...more });

async function find({ path }: CorpusTrace, asked: SelectionQuery): Promise<TracePart> {
  return findSelection(asked, { open: () => openTraceFile(path, LIKE_GO) });
}

const sorted = (ids: Iterable<number>) => [...ids].sort((a, b) => a - b);

/** The goroutines of the most frequent start function, by Go's summarizer. */
function frequent(trace: CorpusTrace): { name: string; ids: Set<number> } {
  const list = oracleSummary(trace)?.goroutineList ?? [];
  const byName = new Map<string, number[]>();
  for (const { ID, Name } of list) if (Name !== "") byName.set(Name, [...(byName.get(Name) ?? []), ID]);
  const [name, ids] = [...byName].sort(([, a], [, b]) => b.length - a.length)[0] ?? ["", []];
  return { name, ids: new Set(ids) };
}

const WAKES = new Set(["Waiting", "NotExist"]);

describe("selected goroutines, by Go's own text", () => {
  it.each(traces)("are those of the start function, with their events: $name", async (trace) => {
    const { name, ids } = frequent(trace);
    const part = await find(trace, query({ goroutines: [parseGoroutineSelector(name)] }));
    expect(sorted(part.selection?.goroutines ?? [])).toEqual(sorted(ids));
    const { rest } = await partText(trace, part);
    const isOf = ({ kind, goroutine, fields }: OfficialEvent) =>
      kind === "StateTransition" ? ids.has(Number(fields.GoID)) : ids.has(goroutine);
    const own = (events: readonly OfficialEvent[]) =>
      events
        .filter(({ kind, fields }) => /^(Region|Log|Stack)/.test(kind) || fields.GoID !== undefined)
        .map(({ time, kind, fields }) => ({ time, kind, fields }));
    const first = oracleSummary(trace)?.firstTime ?? 0;
    const ours = officialEvents(`M=-1 P=-1 G=-1 Sync Time=${first} N=1\n${rest}`);
    expect(own(ours)).toEqual(own(official(trace).filter(isOf)));
  });

  it.each(traces)("have those related that made them runnable: $name", async (trace) => {
    const { name, ids } = frequent(trace);
    const asked = query({ goroutines: [parseGoroutineSelector(name)], related: true });
    const wakers = official(trace)
      .filter(({ kind, goroutine }) => kind === "StateTransition" && goroutine !== -1)
      .filter(({ fields }) => ids.has(Number(fields.GoID)))
      .filter(({ fields }) => fields.to === "Runnable" && WAKES.has(fields.from ?? ""));
    const expected = new Set([...ids, ...wakers.map(({ goroutine }) => goroutine)]);
    expect(sorted((await find(trace, asked)).selection?.goroutines ?? [])).toEqual(sorted(expected));
  });
});

/** Values of a task's number that are no task: the background task and none. */
const NO_TASK = new Set(["", "0", "18446744073709551615"]);

/** The tasks that goroutines work for, and those that these are within. */
function tasksOfWork(events: readonly OfficialEvent[], ids: ReadonlySet<number>): Set<string> {
  const parents = new Map<string, string>();
  const tasks = new Set<string>();
  for (const { kind, goroutine, fields } of events) {
    const own = (/^Task/.test(kind) ? fields.ID : fields.Task) ?? "";
    if (kind === "TaskBegin") parents.set(own, fields.Parent ?? "");
    if (/^(Task|Region|Log)/.test(kind) && ids.has(goroutine))
      for (let task = own; !NO_TASK.has(task); task = parents.get(task) ?? "") tasks.add(task);
    if (kind === "TaskEnd") parents.delete(own);
  }
  return tasks;
}

/** Tasks with a type and those within them. */
function tasksOf(events: readonly OfficialEvent[], type: string): Set<string> {
  const tasks = new Set<string>();
  for (const { kind, fields } of events) {
    if (kind !== "TaskBegin" || fields.ID === undefined) continue;
    if (fields.Type === type || tasks.has(fields.Parent ?? "")) tasks.add(fields.ID);
  }
  return tasks;
}

const withTasks = traces.filter(({ name }) => name.startsWith("annotations"));

describe("the tasks of selected goroutines, by Go's own text", () => {
  it.each(withTasks)("are those that they work for, from beginning to end: $name", async (trace) => {
    const events = official(trace);
    const beginners = new Set(
      events.filter(({ kind }) => kind === "TaskBegin").map(({ goroutine }) => goroutine),
    );
    expect(beginners.size).toBeGreaterThan(5);
    for (const id of beginners) {
      const { rest } = await partText(trace, await find(trace, query({ goroutines: [{ id }] })));
      const what = (each: readonly OfficialEvent[]) => each.map(({ kind, fields }) => ({ kind, fields }));
      const ours = officialEvents(rest).filter(({ kind }) => /^Task/.test(kind));
      const tasks = tasksOfWork(events, new Set([id]));
      const expected = events.filter(({ kind, fields }) => /^Task/.test(kind) && tasks.has(fields.ID ?? ""));
      expect(what(ours)).toEqual(what(expected));
    }
  });
});

describe("a task, by Go's own text", () => {
  it.each(withTasks)("is whoever works for it, from its beginning to its end: $name", async (trace) => {
    const events = official(trace);
    const begun = events.filter(({ kind, fields }) => kind === "TaskBegin" && !fields.Type?.includes("\\"));
    const types = new Set(begun.map(({ fields }) => fields.Type as string));
    expect(types.size).toBeGreaterThan(3);
    for (const type of types) {
      const tasks = tasksOf(events, type);
      const work = events.filter(({ kind, fields }) =>
        tasks.has((/^Task/.test(kind) ? fields.ID : fields.Task) ?? ""),
      );
      const ends = work.filter(({ kind }) => kind === "TaskEnd");
      // A task may be ended twice.
      const isOver = new Set(ends.map(({ fields }) => fields.ID)).size === tasks.size;
      const part = await find(trace, query({ task: { type } }));
      expect(sorted(part.selection?.goroutines ?? [])).toEqual(
        sorted(new Set(work.map(({ goroutine }) => goroutine))),
      );
      const known = new Set([...tasks, ...tasksOfWork(events, part.selection?.goroutines ?? new Set())]);
      expect(sorted(part.selection?.tasks ?? [])).toEqual(sorted([...known].map(Number)));
      expect(part.window).toEqual({
        from: work[0]?.time,
        to: isOver ? (ends.at(-1)?.time ?? 0) + 1 : Number.POSITIVE_INFINITY,
      });
    }
  });

  it.each(withTasks)(
    "has those related that made its goroutines runnable meanwhile: $name",
    async (trace) => {
      const events = official(trace);
      const begun = events.filter(({ kind, fields }) => kind === "TaskBegin" && !fields.Type?.includes("\\"));
      const types = new Set(begun.map(({ fields }) => fields.Type as string));
      let found = 0;
      for (const type of types) {
        const alone = await find(trace, query({ task: { type } }));
        const own = alone.selection?.goroutines ?? new Set<number>();
        const { from = 0, to = 0 } = alone.window ?? {};
        const wakers = events
          .filter(
            ({ kind, time, goroutine }) =>
              kind === "StateTransition" && goroutine !== -1 && time >= from && time < to,
          )
          .filter(({ fields }) => own.has(Number(fields.GoID)))
          .filter(({ fields }) => fields.to === "Runnable" && WAKES.has(fields.from ?? ""));
        const related = await find(trace, query({ task: { type }, related: true }));
        const expected = new Set([...own, ...wakers.map(({ goroutine }) => goroutine)]);
        expect(sorted(related.selection?.goroutines ?? [])).toEqual(sorted(expected));
        expect(related.window).toEqual(alone.window);
        found += wakers.length;
      }
      expect(found).toBeGreaterThan(0);
    },
  );
});
