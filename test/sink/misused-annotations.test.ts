import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { analyze } from "../../src/analysis/analysis.js";
import { Summary } from "../../src/analysis/summary/summary.js";
import { openTraceFile } from "../../src/node.js";
import type { Trace } from "../../src/order/trace.js";
import { WindowedTrace } from "../../src/select/windowed-trace.js";
import { type JsonTrace, nanoseconds } from "../support/chrome-json.js";
import { FIXTURES } from "../support/corpus.js";
import { spansOfTrace } from "../support/otlp/sink-spans.js";
import { jsonSink, partsOf } from "../support/parts.js";

/** A region or task: name, beginning and end in nanoseconds since the start of the whole trace, and what is cut of it. */
type Slice = readonly [name: string, since: number, until: number, cut?: "start" | "end" | "both"];

interface Case {
  readonly name: string;
  /** Where the part begins and ends; the whole trace without. */
  readonly from?: number;
  readonly to?: number;
  readonly slices: readonly Slice[];
}

const A: Slice = ["a", 768, 2048];
const B: Slice = ["b", 1408, 2688];

/** By hand: the fixtures' events are 640 ns apart, those of what is ended twice 64 µs. */
const CASES: readonly Case[] = [
  { name: "b_crossing", slices: [A, B] },
  {
    name: "b_crossing",
    from: 1000,
    to: 1500,
    slices: [
      ["a", 1000, 1500, "both"],
      ["b", 1408, 1500, "end"],
    ],
  },
  {
    name: "b_crossing",
    from: 1500,
    slices: [
      ["a", 1500, 2048, "start"],
      ["b", 1500, 2688, "start"],
    ],
  },
  { name: "b_crossing", from: 2200, slices: [["b", 2200, 2688, "start"]] },
  { name: "b_crossing", from: 3000, slices: [] },
  { name: "d_double_end", slices: [["a", 2688, 66_688]] },
  { name: "d_double_end", from: 10_000, slices: [["a", 10_000, 66_688, "start"]] },
  { name: "d_double_end", from: 70_000, slices: [] },
  { name: "j_task_double_end", slices: [["b", 768, 64_768]] },
  { name: "j_task_double_end", from: 10_000, slices: [["b", 10_000, 64_768, "start"]] },
  { name: "j_task_double_end", from: 70_000, slices: [] },
];

const titled = CASES.map((each) => ({
  ...each,
  title: `${each.name} from ${each.from ?? 0} to ${each.to ?? "its end"}`,
}));

async function open({ name, from, to = Number.POSITIVE_INFINITY }: Case): Promise<Trace> {
  const whole = await openTraceFile(join(FIXTURES, "field", `${name}.trace`));
  return from === undefined ? whole : new WindowedTrace(whole, { from, to });
}

/** Regions and tasks of a JSON file, by their asynchronous beginnings and ends. */
function slicesOfJson({ traceEvents }: JsonTrace): Slice[] {
  const slices: Slice[] = [];
  const open: { name: string; since: number; isCut: boolean }[] = [];
  for (const { ph, name = "", cat = "", ts = 0, args } of traceEvents) {
    if (!/region|task/.test(cat)) continue;
    const isCut = args?.cut !== undefined;
    if (ph === "b") open.push({ name, since: nanoseconds(ts), isCut });
    if (ph !== "e") continue;
    const at = open.findIndex((each) => each.name === name);
    // Of position −1, splice would take the last.
    expect(at, `end of ${name}`).toBeGreaterThanOrEqual(0);
    const [begun] = open.splice(at, 1);
    if (begun !== undefined) slices.push(slice(name, begun.since, nanoseconds(ts), begun.isCut, isCut));
  }
  expect(open).toEqual([]);
  return slices;
}

function slice(name: string, since: number, until: number, isCutStart: boolean, isCutEnd: boolean): Slice {
  if (isCutStart && isCutEnd) return [name, since, until, "both"];
  if (isCutStart) return [name, since, until, "start"];
  return isCutEnd ? [name, since, until, "end"] : [name, since, until];
}

const sorted = (slices: readonly Slice[]) => [...slices].sort(([a], [b]) => a.localeCompare(b));

describe("regions that cross or end twice, and tasks that end twice, are as the program made them", () => {
  test.each(titled)("in JSON: $title", async (each) => {
    const trace = await open(each);
    const [part] = await partsOf(trace, {}, jsonSink);
    const json = JSON.parse(Buffer.from(part?.bytes ?? []).toString()) as JsonTrace;
    expect(sorted(slicesOfJson(json))).toEqual(sorted(each.slices));
  });

  test.each(titled)("in spans: $title", async (each) => {
    const { spans } = await spansOfTrace(await open(each));
    const from = each.from ?? 0;
    const start = spans.reduce((first, span) => (span.start < first ? span.start : first), 2n ** 63n);
    const own = spans.filter(({ attributes }) => /^(region|task)$/.test(String(attributes["go.kind"])));
    const slices = own.map(({ name, start: since, end, attributes }) => {
      const cut = String(attributes["go.cut"] ?? "");
      const isCut = (edge: string) => cut === edge || cut === "both";
      return slice(
        name,
        from + Number(since - start),
        from + Number(end - start),
        isCut("start"),
        isCut("end"),
      );
    });
    expect(sorted(slices)).toEqual(sorted(each.slices));
  });

  test.each(titled)("in statistics: $title", async (each) => {
    const summary = new Summary({ rows: true });
    await analyze(await open(each), [summary]);
    const from = each.from ?? 0;
    const regions = summary.regions.map(({ name, since, until }) => [name, since, until] as const);
    const tasks = summary.tasks
      .filter(({ id }) => id > 0)
      .map(({ type, begin, end }) => [type, begin, end] as const);
    // Go's summarizer takes goroutines without a start function for the runtime's, and leaves out what these leave open.
    const ended = each.slices.filter(([, , , cut]) => cut !== "end" && cut !== "both");
    const expected = ended.map(
      ([name, since, until, cut]) =>
        [name, cut === "start" ? undefined : since - from, until - from] as const,
    );
    expect([...regions, ...tasks].sort()).toEqual([...expected].sort());
  });
});

test.each(["b_crossing", "d_double_end", "j_task_double_end"])(
  "parts of %s add up to the whole",
  async (name) => {
    const whole = CASES.find((each) => each.name === name)?.slices ?? [];
    const parts = await partsOf(await open({ name, slices: [] }), { step: 1000 }, jsonSink);
    const times = new Map<string, number>();
    for (const { bytes } of parts)
      for (const [each, since, until] of slicesOfJson(JSON.parse(Buffer.from(bytes).toString()) as JsonTrace))
        times.set(each, (times.get(each) ?? 0) + until - since);
    expect(Object.fromEntries(times)).toEqual(
      Object.fromEntries(whole.map(([each, since, until]) => [each, until - since])),
    );
  },
);
