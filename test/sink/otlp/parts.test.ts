import { describe, expect, test } from "vitest";
import { openTrace, sourceOf } from "../../../src/index.js";
import { openTraceFile } from "../../../src/node.js";
import { splitTrace } from "../../../src/select/split-trace.js";
import { WindowedTrace } from "../../../src/select/windowed-trace.js";
import { TIME_ATTRIBUTES } from "../../../src/sink/otlp/attributes.js";
import { AnnotatedTrace } from "../../support/annotated-trace.js";
import { someValidTraces } from "../../support/corpus.js";
import { listDifference } from "../../support/list-difference.js";
import { otlpProblems } from "../../support/otlp/integrity-otlp.js";
import type { OtlpSpan } from "../../support/otlp/otlp-spans.js";
import { spansOfTrace, TEST_WALL_START } from "../../support/otlp/sink-spans.js";

const WHOLE = { states: "all", minBlock: 0, maxSpansPerTrace: 0 } as const;
const PARTS = 5;

/** A part's spans, and where it begins and ends in the trace. */
interface Part {
  readonly from: bigint;
  readonly to: bigint;
  readonly spans: readonly OtlpSpan[];
  /** From the times of its spans to those of the trace. */
  readonly shift: bigint;
}

const kindOf = ({ attributes }: OtlpSpan) => `${attributes["go.kind"]}`;
const isCut = ({ attributes }: OtlpSpan, edge: "start" | "end") =>
  attributes["go.cut"] === edge || attributes["go.cut"] === "both";
/** Roots of the capture and the runtime span each part. */
const isOfPart = (span: OtlpSpan) => kindOf(span) === "capture" || kindOf(span) === "runtime";

/** What a span has in every part that has all of it: its id, and the trace of a task. */
const idOf = (span: OtlpSpan) => `${kindOf(span) === "task" ? span.traceId : ""} ${span.spanId}`;
/** A part may end before its goroutines are named. */
const nameOf = (span: OtlpSpan) => (kindOf(span) === "goroutine" ? "" : span.name);

/**
 * What is told of each span that does not depend on where parts begin and end.
 * @param older tasks that are older than the trace: parts learn of them where they end
 */
function lines({ from, to, spans, shift }: Part, older: ReadonlySet<unknown>): string[] {
  const byId = new Map(spans.map((span) => [`${span.traceId} ${span.spanId}`, span]));
  return spans
    .filter((span) => !isOfPart(span) && !older.has(span.attributes["go.task.id"]))
    .filter((span) => span.start + shift < to && span.end + shift > from)
    .map((span) => {
      const { attributes } = span;
      const [start, end] = [span.start + shift, span.end + shift];
      const isOld = start < from || isCut(span, "start");
      const isOpen = end > to || isCut(span, "end");
      const above = byId.get(`${span.traceId} ${span.parentSpanId}`);
      const who = ["go.goroutine.id", "go.task.id", "go.reason", "thread.id"].map(
        (key) => attributes[key] ?? "",
      );
      return [
        `${kindOf(span)} ${nameOf(span)} ${isOld ? "…" : start}–${isOpen ? "…" : end} ${who}`,
        // A part does not tell where its goroutines were created and its cycle began.
        isOld && /goroutine|GC/.test(kindOf(span)) ? "" : `${attributes["code.stacktrace"] ?? ""}`,
        above === undefined ? "" : `in ${kindOf(above)} ${nameOf(above)}`,
      ].join(" ");
    });
}

async function partsOf(path: string, end: bigint): Promise<Part[]> {
  const step = Number(end - TEST_WALL_START) / PARTS;
  const parts: Part[] = [];
  for await (const part of splitTrace(await openTraceFile(path), { step: Math.ceil(step) })) {
    const { spans } = await spansOfTrace(part, WHOLE);
    const from = TEST_WALL_START + BigInt(part.part?.from ?? 0);
    const shift = from - TEST_WALL_START;
    parts.push({ from, to: (spans.find(isOfPart)?.end as bigint) + shift, spans, shift });
  }
  return parts;
}

describe.each(
  someValidTraces([
    "annotations-go1.21",
    "annotations-go1.26",
    "syscalls-go1.22",
    "gcheavy-go1.22",
    "sync-go1.21",
    "manygens-sync-go1.26",
  ]),
)("the spans of parts of $oracle", ({ path }) => {
  test("are those of the trace, cut, and their times add up", async () => {
    const { spans: whole } = await spansOfTrace(await openTraceFile(path), WHOLE);
    const parts = await partsOf(path, whole.find(isOfPart)?.end as bigint);
    expect(parts.length).toBeGreaterThan(2);
    const older = new Set(
      whole
        .filter((span) => kindOf(span) === "task" && isCut(span, "start"))
        .map(({ attributes }) => attributes["go.task.id"]),
    );
    const known = new Set(whole.map(idOf));
    for (const part of parts) {
      expect(otlpProblems(part.spans)).toEqual([]);
      const expected = lines({ ...part, spans: whole, shift: 0n }, older);
      expect(listDifference(lines(part, older), expected)).toEqual([]);
      const uncut = part.spans.filter((span) => !isOfPart(span) && span.attributes["go.cut"] === undefined);
      expect(uncut.map(idOf).filter((id) => !known.has(id))).toEqual([]);
    }
    const sums = (spans: readonly OtlpSpan[]) =>
      TIME_ATTRIBUTES.map((key) => {
        const goroutines = spans.filter((span) => kindOf(span) === "goroutine");
        return [key, goroutines.reduce((sum, span) => sum + Number(span.attributes[key] ?? 0), 0)];
      });
    expect(sums(parts.flatMap(({ spans }) => spans))).toEqual(sums(whole));
  });
});

test("a part has no task that ended before it, though the program ends it again", async () => {
  const trace = new AnnotatedTrace().begin(1, 1, 0, "request").end(1, 1).end(1, 1).log(1, 0, "note", "");
  const open = () => openTrace(sourceOf([trace.bytes()]));
  const isTask = (span: OtlpSpan) => kindOf(span) === "task";
  const { spans: whole } = await spansOfTrace(await open(), WHOLE);
  const [task, ...others] = whole.filter(isTask);
  expect(others).toEqual([]);
  const window = { from: Number((task as OtlpSpan).end - TEST_WALL_START) + 1, to: Number.POSITIVE_INFINITY };
  const { spans } = await spansOfTrace(new WindowedTrace(await open(), window), WHOLE);
  expect(spans.map(kindOf)).toContain("goroutine");
  expect(spans.filter(isTask)).toEqual([]);
});

test("regions that are older than a trace have ids of their own", async () => {
  const trace = new AnnotatedTrace().exit(1, 0, "inner").exit(1, 0, "outer");
  const { spans } = await spansOfTrace(await openTrace(sourceOf([trace.bytes()])), WHOLE);
  expect(otlpProblems(spans)).toEqual([]);
  expect(spans.filter((span) => kindOf(span) === "region").map(({ name }) => name)).toEqual([
    "inner",
    "outer",
  ]);
});

test("a part begins with the regions that are open then, in whatever order they end", async () => {
  const trace = new AnnotatedTrace()
    .enter(1, 0, "first")
    .enter(1, 0, "second")
    .exit(1, 0, "first")
    .exit(1, 0, "second");
  const open = () => openTrace(sourceOf([trace.bytes()]));
  const { spans: whole } = await spansOfTrace(await open(), WHOLE);
  const regions = (spans: readonly OtlpSpan[]) => spans.filter((span) => kindOf(span) === "region");
  const [first] = regions(whole).filter(({ name }) => name === "first");
  const from = Number((first as OtlpSpan).end - TEST_WALL_START) + 1;
  const { spans } = await spansOfTrace(
    new WindowedTrace(await open(), { from, to: Number.POSITIVE_INFINITY }),
    WHOLE,
  );
  expect(regions(spans).map(({ name, attributes }) => [name, attributes["go.cut"]])).toEqual([
    ["second", "start"],
  ]);
});
