import { describe, expect, test } from "vitest";
import { openAsGoPrints } from "../../support/as-go-tells.js";
import {
  type JsonEvent,
  JsonStacks,
  type JsonTrace,
  jsonOf,
  jsonTrace,
  nanoseconds,
} from "../../support/chrome-json.js";
import { exactTraces, goTests, validTrace, variedTraces } from "../../support/corpus.js";
import type { GoInterval, GoRun } from "../../support/go-intervals.js";
import { GoTrace } from "../../support/go-trace.js";
import { groupBy } from "../../support/group-by.js";
import { listDifference } from "../../support/list-difference.js";
import { hasOracleText, oracleSummary, oracleText } from "../../support/oracle.js";

const BEGAN = "began before the trace";
const GOES_ON = "goes on after the last event";

/** On what a goroutine ran, asked for in the order of time. */
function carriersOf(all: readonly GoRun[]): (interval: GoInterval) => number {
  const left = groupBy(all.toReversed(), ({ goroutine }) => `${goroutine}`);
  return ({ goroutine, begin, end }) => {
    const runs = left.get(`${goroutine}`) ?? [];
    while ((runs.at(-1)?.end ?? end) < end) runs.pop();
    const run = runs.at(-1);
    return run !== undefined && run.begin <= begin ? run.on : -1;
  };
}

/** The slices of goroutines' rows by Go's own text of the events. Times are since the start of the trace. */
function told({ start, end: last, intervals }: GoTrace): string[] {
  const { waits, syscalls, running, runnable, withoutProc, onProc, onThread } = intervals;
  const line = ({ goroutine, begin, end }: GoInterval, name: string, more: readonly unknown[]) => {
    const cut = end === last ? GOES_ON : begin === start ? BEGAN : "";
    return [goroutine, name, `${begin - start}–${end - start}`, cut, ...more].join(" | ");
  };
  const [procOf, threadOf] = [carriersOf(onProc), carriersOf(onThread)];
  const lost = new Set(withoutProc.map(({ goroutine, end }) => `${goroutine} ${end}`));
  return [
    ...waits.map((wait) => {
      const by = wait.end === last ? "" : wait.by;
      return line(wait, wait.reason || "waiting", [stackOf(wait.stack), stackOf(wait.endStack), by]);
    }),
    ...syscalls
      .filter(({ begin, end }) => begin < end)
      .map((call) => {
        const isLost = lost.has(`${call.goroutine} ${call.end}`);
        return line(call, "syscall", [stackOf(call.stack), isLost ? "yes" : "no"]);
      }),
    ...withoutProc.map((each) => {
      return [each.goroutine, "without a P", `${each.begin - start}–${each.end - start}`].join(" | ");
    }),
    ...running.map((run) => line(run, "running", [procOf(run), threadOf(run)])),
    ...runnable.map((each) => line(each, "runnable", [])),
  ];
}

/** The same of JSON. */
function found(json: JsonTrace): string[] {
  const stacks = new JsonStacks(json);
  const rows = rowsOf(json);
  return json.traceEvents.flatMap((event) => {
    const { name, cat, ph, ts = 0, dur = 0, sf, esf, args = {} } = event;
    const [, goroutine] = /^G(\d+)\b/.exec(rows.get(rowOf(event)) ?? "") ?? [];
    if (goroutine === undefined || ph !== "X" || !/^go\.(state|wait|syscall)$/.test(cat ?? "")) return [];
    const slice = [goroutine, name, `${nanoseconds(ts)}–${nanoseconds(ts) + nanoseconds(dur)}`];
    // The source of an arrow, and a system call that begins with the last event.
    if (args.goroutine !== undefined || (cat === "go.syscall" && dur === 0)) return [];
    if (name === "without a P") return [slice.join(" | ")];
    const [, by = args["unblocked by"] === undefined ? "" : -1] =
      /^G(\d+)/.exec(`${args["unblocked by"]}`) ?? [];
    const more: unknown[] = [];
    if (cat === "go.wait") more.push(stacks.text(sf), stacks.text(esf), by);
    else if (name === "syscall") more.push(stacks.text(sf), args.blocked);
    else if (name === "running") more.push(args.proc ?? -1, args.thread ?? -1);
    return [[...slice, args.cut ?? "", ...more].join(" | ")];
  });
}

/** Where tasks and regions begin and end, on which goroutine and at which stack, by Go's text. */
function annotationsTold({ start, end: last, annotations }: GoTrace): string[] {
  const { tasks, regions } = annotations;
  const line = (what: string, name: string, time: number, goroutine: number, stack: string) =>
    [what, name, time - start, goroutine, stackOf(stack)].join(" | ");
  return [
    ...tasks.flatMap(({ id, type, begin, goroutine, stack, parent, end, endedBy }) => [
      ...(begin === undefined
        ? []
        : [line(`task ${id} begins in ${parent?.id}`, type, begin, goroutine, stack)]),
      ...(end === undefined ? [] : [[`task ${id} ends`, end - start, endedBy].join(" | ")]),
    ]),
    ...regions.flatMap(({ name, begin, end, goroutine, stack, endStack }) => [
      ...(begin === undefined ? [] : [line("region begins", name, begin, goroutine, stack)]),
      ...(end === last ? [] : [line("region ends", name, end, goroutine, endStack)]),
    ]),
  ];
}

/** The same of JSON. */
function annotationsFound(json: JsonTrace): string[] {
  const open = new Set<string>();
  const stacks = new JsonStacks(json);
  const rows = rowsOf(json);
  return json.traceEvents.flatMap((event) => {
    const { name, cat, ph, ts = 0, sf, args = {} } = event;
    const isTask = cat === "task";
    if (args.cut !== undefined || (!isTask && cat !== "go.region")) return [];
    const who = isTask ? `${args["started by"] ?? args["ended by"]}` : (rows.get(rowOf(event)) ?? "");
    const [, goroutine = -1] = /^G(\d+)/.exec(who) ?? [];
    const at = nanoseconds(ts);
    const id = event.id2?.local;
    if (isTask && ph === "e") {
      open.delete(`${id}`);
      return [[`task ${id} ends`, at, goroutine].join(" | ")];
    }
    // Only that of a task that is under way is told by the text's walk.
    const parent = open.has(`${args.parent}`) ? args.parent : undefined;
    if (isTask) open.add(`${id}`);
    const what = isTask ? `task ${id} begins in ${parent}` : `region ${ph === "b" ? "begins" : "ends"}`;
    return [[what, name, at, goroutine, stacks.text(sf)].join(" | ")];
  });
}

/** Who made whom runnable, when and where, by Go's text: of goroutines that then ran. */
function wakesTold({ start, arrows }: GoTrace): string[] {
  return arrows.complete.map(({ from, to, begin, stack }) =>
    [from, to, begin - start, stackOf(stack)].join(" | "),
  );
}

/** The same of JSON, also of those that did not run. */
function wakesFound(json: JsonTrace): string[] {
  const stacks = new JsonStacks(json);
  const rows = rowsOf(json);
  return json.traceEvents.flatMap((event) => {
    const [, to] = /^G(\d+)/.exec(`${event.args?.goroutine}`) ?? [];
    if (to === undefined || event.ph !== "X") return [];
    const [, from = -1] = /^G(\d+)\b/.exec(rows.get(rowOf(event)) ?? "") ?? [];
    return [[from, to, nanoseconds(event.ts ?? 0), stacks.text(event.sf)].join(" | ")];
  });
}

const rowOf = ({ pid, tid }: JsonEvent) => `${pid} ${tid}`;

/** The names of rows. */
function rowsOf({ traceEvents }: JsonTrace): ReadonlyMap<string, string> {
  const names = traceEvents.filter(({ name }) => name === "thread_name");
  return new Map(names.map((event) => [rowOf(event), `${event.args?.name}`]));
}

/** A stack of Go's text as JSON has it. */
function stackOf(text: string): string {
  return text.replace(/^(.*) .*:(\d+)\n/gm, "$1:$2 < ");
}

describe("the rows of goroutines in JSON", () => {
  const traces = [...exactTraces(variedTraces(400_000)), ...goTests()].filter(hasOracleText);
  test.each(traces)("are what Go's own text says: $oracle", async (trace) => {
    const { text } = await jsonOf(await openAsGoPrints(trace.path), {
      tracks: ["goroutines", "tasks"],
    });
    const json = JSON.parse(text) as JsonTrace;
    const go = GoTrace.of(oracleText(trace) ?? "");
    expect(listDifference(found(json), told(go))).toEqual([]);
    expect(listDifference(annotationsFound(json), annotationsTold(go))).toEqual([]);
    const wakes = listDifference(wakesFound(json), wakesTold(go));
    expect(wakes.filter((line) => !line.startsWith("unexpected"))).toEqual([]);
  });
});

test("sweeping in JSON has the bytes that Go's own reader tells", async () => {
  const trace = validTrace("annotations-go1.26");
  const { traceEvents } = await jsonTrace(trace.path, { tracks: ["procs"] });
  const sum = (key: string) =>
    traceEvents.reduce((total, { args }) => total + ((args?.[key] as number | undefined) ?? 0), 0);
  const { rangeAttributeTotals: told = {} } = oracleSummary(trace) ?? {};
  expect(sum("bytes swept")).toBe(told["GC incremental sweep: bytes swept"]);
  expect(sum("bytes reclaimed")).toBe(told["GC incremental sweep: bytes reclaimed"]);
});
