import { expect, test } from "vitest";
import { tellLinks } from "../../../../src/cli/commands/otlp/link-summary.js";
import { Messages } from "../../../../src/cli/process/messages.js";
import { SpanOutput } from "../../../../src/sink/otlp/span-output.js";

/** What the command says of the counts. */
function lines(links: object, onlyLinked = false, counts: object = {}): string[] {
  const said: string[] = [];
  const output = new SpanOutput(0, false, onlyLinked).counts;
  const told = { ...output, ...counts, links: { ...output.links, ...links } };
  tellLinks(told, onlyLinked, new Messages({ color: false }, (line) => said.push(line)));
  return said;
}

test("linked spans are counted without those whose trace no log tells", () => {
  expect(lines({})).toEqual([]);
  expect(lines({ spans: 9, noTrace: 1 })).toEqual([
    "linked: 9 tasks, regions and stretches are below spans of the program's own tracing",
    "warning: 1 span with a logged span id but no trace id: not linked",
    expect.stringContaining('trace.Log(ctx, "trace_id", …)'),
  ]);
  expect(lines({ spans: 1 })).toEqual([
    "linked: 1 task, region or stretch is below spans of the program's own tracing",
  ]);
});

test("ids of no use are counted, each kind with what to do", () => {
  expect(lines({ late: 2, unread: 1, unsampled: 3 })).toEqual([
    "warning: 2 logs with ids came late: spans that were sent before stay in other traces",
    expect.stringContaining("where the task begins"),
    "not linked: 3 logs with ids of spans that are not sampled",
    "warning: 1 log with a key for ids holds none",
    expect.stringContaining("--link-log"),
  ]);
});

test("what --only-linked leaves out is counted, and if nothing remains it says why", () => {
  expect(lines({ spans: 1 }, true, { given: 5, notLinked: 1200 }).slice(1)).toEqual([
    "left out: 1,200 spans outside of the program's own traces (--only-linked)",
  ]);
  expect(lines({}, true, { given: 0, notLinked: 3 })).toContain(
    "warning: no span is below one of the program's own tracing",
  );
});
