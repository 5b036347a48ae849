import { describe, expect, test } from "vitest";
import type { LinkLog } from "../../src/event/link-log.js";
import { openTrace, sourceOf } from "../../src/index.js";
import { findSelection, partOf } from "../../src/select/find-selection.js";
import { SelectionError } from "../../src/select/selection-error.js";
import { AnnotatedTrace } from "../support/annotated-trace.js";
import { CLOCKED_OPTIONS, spansOfTrace } from "../support/otlp/sink-spans.js";

const A = "4bf92f3577b34da6a3ce929d0e0e4736";
const B = "0af7651916cd43dd8448eb211c80319c";
const traceparent = (traceId: string) => `00-${traceId}-00f067aa0ba902b7-01`;

async function find(trace: AnnotatedTrace, traceId: string, linkLogs: readonly LinkLog[] = []) {
  const open = () => openTrace(sourceOf([trace.bytes()]));
  const part = await findSelection({ goroutines: [], programTrace: { traceId, linkLogs } }, { open });
  const { spans } = await spansOfTrace(partOf(await open(), part), { onlyLinked: true }, CLOCKED_OPTIONS);
  return {
    goroutines: [...(part.selection?.goroutines ?? [])].sort(),
    tasks: [...(part.selection?.tasks ?? [])].sort(),
    /** What of it becomes spans below the program's, which need the log too. */
    spans: spans.map(({ traceId: of, name }) => `${name} ${of === A ? "A" : of === B ? "B" : of}`).sort(),
    window: part.window,
  };
}

describe("a trace of the program's own tracing selects", () => {
  test("the tasks that logged its id, those within them, and who works for these", async () => {
    const trace = new AnnotatedTrace()
      .begin(4, 9, 0, "of another")
      .log(4, 9, "traceparent", traceparent(B))
      .begin(1, 1, 0, "request")
      .enter(2, 1, "before the log")
      .exit(2, 1, "before the log")
      .begin(1, 2, 1, "open step")
      .log(3, 1, "trace_id", A)
      .end(1, 2)
      .begin(1, 3, 1, "step")
      .end(1, 3)
      .end(1, 1)
      .log(4, 9, "more", "")
      .end(4, 9);
    const found = await find(trace, A);
    expect(found).toMatchObject({ goroutines: [1, 2, 3], tasks: [1, 2, 3] });
    expect(found.spans).toEqual(["before the log A", "open step A", "request A", "step A"]);
    const { from = 0, to = 0 } = found.window ?? {};
    // From the event of the beginning to just after that of the end, a microsecond apart.
    expect(to - from).toBe(8001);
  });

  test("a task whose id was logged before it began", async () => {
    const trace = new AnnotatedTrace()
      .begin(1, 1, 0, "server")
      .log(1, 1, "traceparent.next", traceparent(A))
      .begin(1, 2, 1, "request")
      .end(1, 2)
      .log(2, 0, "traceparent.next", traceparent(A))
      .begin(2, 3, 1, "of another parent")
      .end(1, 1);
    const found = await find(trace, A);
    expect(found.goroutines).toEqual([1]);
    expect(found.spans).toEqual(["request A"]);
  });

  test("goroutines outside of tasks, in a region or until the next id", async () => {
    const trace = new AnnotatedTrace()
      .enter(1, 0, "handler")
      .log(1, 0, "trace_id", A)
      .enter(1, 0, "inner")
      .exit(1, 0, "inner")
      .exit(1, 0, "handler")
      .log(2, 0, "traceparent", traceparent(B))
      .enter(2, 0, "first")
      .exit(2, 0, "first")
      .log(2, 0, "traceparent", traceparent(A))
      .enter(2, 0, "second")
      .exit(2, 0, "second")
      .log(2, 0, "traceparent", "")
      .enter(2, 0, "third")
      .exit(2, 0, "third");
    const a = await find(trace, A);
    expect(a.goroutines).toEqual([1, 2]);
    expect(a.spans.filter((name) => name.endsWith(" A"))).toEqual([
      "goroutine A",
      "handler A",
      "inner A",
      "second A",
    ]);
    const b = await find(trace, B);
    expect(b.goroutines).toEqual([2]);
    expect(b.spans).toEqual(["first B", "goroutine B"]);
  });

  test("goroutines until the region ends in which they logged, whatever other regions end", async () => {
    const trace = new AnnotatedTrace()
      .begin(1, 1, 0, "other")
      .enter(1, 0, "handler")
      .enter(1, 1, "of a task")
      .log(1, 0, "trace_id", A)
      .enter(1, 0, "inner")
      .exit(1, 0, "never begun")
      .exit(1, 1, "of a task")
      .enter(1, 0, "late")
      // Out of order: those within it are still open.
      .exit(1, 0, "handler")
      .exit(1, 0, "late")
      .exit(1, 0, "inner");
    const { window: { from = 0, to = 0 } = {} } = await find(trace, A);
    expect(to - from).toBe(7001);
  });

  test("by further keys", async () => {
    const trace = new AnnotatedTrace()
      .begin(1, 1, 0, "request")
      .log(1, 1, "my id", Uint8Array.from(Buffer.from(A, "hex")).reverse())
      .end(1, 1);
    const linkLogs = [{ key: "my id", kind: "trace_id", encoding: "raw" }] as const;
    expect((await find(trace, A, linkLogs)).tasks).toEqual([1]);
  });

  test("nothing if no log holds it: an error names those there are", async () => {
    const trace = new AnnotatedTrace().begin(1, 1, 0, "request").log(1, 1, "traceparent", traceparent(B));
    await expect(find(trace, A)).rejects.toThrow(
      new SelectionError(`no trace id ${A}`, `Trace ids in logs: ${B}`),
    );
    await expect(find(new AnnotatedTrace().begin(1, 1, 0, "request"), A)).rejects.toThrow(`no trace id ${A}`);
  });
});
