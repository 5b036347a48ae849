import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { analyze } from "../../src/analysis/analysis.js";
import { InstanceTimes } from "../../src/analysis/explain/path/instance-times.js";
import { Overview } from "../../src/analysis/overview.js";
import { TraceStats } from "../../src/analysis/stats/trace-stats.js";
import { openTrace, sourceOf } from "../../src/index.js";
import { openTraceFile } from "../../src/node.js";
import type { Trace } from "../../src/order/trace.js";
import { reportPage } from "../../src/report/html/report-page.js";
import { statsTables } from "../../src/report/stats-tables.js";
import { isTraceUrl } from "../../src/report/trace-url.js";
import { AnnotatedTrace } from "../support/annotated-trace.js";
import { FIXTURES } from "../support/corpus.js";

const A = "4bf92f3577b34da6a3ce929d0e0e4736";
const B = "0af7651916cd43dd8448eb211c80319c";
const JAEGER = "http://localhost:16686/trace/{trace_id}";
const traceparent = (traceId: string) => `00-${traceId}-00f067aa0ba902b7-01`;

async function tasksOf(trace: Trace) {
  const stats = new TraceStats({ top: 100 });
  await analyze(trace, stats.analyses);
  return stats.report();
}

describe("the trace of a task in the program's own tracing", () => {
  test.each(["otel", "datadog"])("is the one that the SDK of %s tells", async (sdk) => {
    const file = (end: string) => join(FIXTURES, "program-spans", `${sdk}.${end}`);
    const own = readFileSync(file("jsonl"), "utf8")
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line) as { name: string; traceId: string });
    const { tasks } = await tasksOf(await openTraceFile(file("trace")));
    const lines = (rows: readonly { name: string; traceId: string | undefined }[]) =>
      rows.map(({ name, traceId }) => `${name} ${traceId}`).sort();
    // Nothing logs the trace's id in this one.
    const expected = own.map((span) => (span.name === "alone" ? { ...span, traceId: undefined } : span));
    expect(lines(tasks.top.map(({ type, traceId }) => ({ name: type, traceId })))).toEqual(lines(expected));

    const slowest = new InstanceTimes({ taskType: "request" });
    await analyze(await openTraceFile(file("trace")), [slowest]);
    const longest = tasks.top.find(({ type }) => type === "request");
    expect(slowest.slowest?.traceId).toBe(longest?.traceId);
  });

  test("is that of the task around, unless the task has its own", async () => {
    const trace = new AnnotatedTrace()
      .begin(1, 1, 0, "request")
      .begin(1, 2, 1, "early")
      .begin(1, 3, 2, "inner")
      .log(1, 1, "traceparent", traceparent(A))
      .log(1, 1, "traceparent", traceparent(B))
      .end(1, 3)
      .end(1, 2)
      .begin(1, 4, 1, "other")
      .log(1, 4, "trace_id", B)
      .end(1, 4)
      .end(1, 1)
      .begin(1, 5, 0, "none")
      .end(1, 5);
    const { tasks } = await tasksOf(await openTrace(sourceOf([trace.bytes()])));
    expect(Object.fromEntries(tasks.top.map(({ type, traceId }) => [type, traceId]))).toEqual({
      request: A,
      early: A,
      inner: A,
      other: B,
      none: undefined,
    });
  });
});

describe("reports", () => {
  const trace = () => {
    const made = new AnnotatedTrace().begin(1, 1, 0, "request").log(1, 1, "traceparent", traceparent(A));
    return openTrace(sourceOf([made.end(1, 1).begin(1, 2, 0, "untraced").end(1, 2).bytes()]));
  };
  const pageOf = async (traceUrl: string | undefined) => {
    const overview = new Overview();
    await analyze(await trace(), overview.analyses);
    return reportPage({ name: "a.trace", figures: overview.figures(), traceUrl }, "test");
  };

  test("have the id, or with a URL a link", async () => {
    const report = await tasksOf(await trace());
    const cells = (url?: string) => {
      const table = statsTables(report, 10, url).find(({ title }) => title === "Longest tasks");
      return [table?.columns.at(-1)?.head, ...(table?.rows.map((row) => row.at(-1)) ?? [])];
    };
    expect(cells()).toEqual(["trace", A, "-"]);
    expect(cells(JAEGER)).toEqual(["trace", `http://localhost:16686/trace/${A}`, "-"]);
    expect(await pageOf(undefined)).toContain(`<code>${A}</code>`);
    expect(await pageOf(JAEGER)).toContain(
      `<a href="http://localhost:16686/trace/${A}" target="_blank" rel="noreferrer">${A}</a>`,
    );
  });

  test("hold no markup of a URL", async () => {
    const page = await pageOf(`https://example.com/{trace_id}"><script>alert('1')</script>`);
    expect(page).toContain(`href="https://example.com/${A}&quot;&gt;&lt;script&gt;alert(&#39;1&#39;)`);
    expect(page).not.toContain("<script>alert");
  });

  test.each([
    [JAEGER, true],
    ["HTTPS://example.com/?id={trace_id}&again={trace_id}", true],
    ["https://example.com/", false],
    ["javascript:alert('{trace_id}')", false],
    ["data:text/html,{trace_id}", false],
    ["//example.com/{trace_id}", false],
    ["https://{trace_id}:port/", false],
    ["https://", false],
  ])("link to %s: %s", (url, isOne) => expect(isTraceUrl(url)).toBe(isOne));
});
