import { describe, expect, test } from "vitest";
import { openTraceFile } from "../../../src/node.js";
import type { Trace } from "../../../src/order/trace.js";
import { partOf, type TracePart } from "../../../src/select/find-selection.js";
import { splitTrace } from "../../../src/select/split-trace.js";
import { fixture } from "../../cli/command.js";
import { type AbsoluteLine, absoluteLines } from "../../support/absolute-lines.js";
import { goSourceWith, parsedByGo } from "../../support/go-tool.js";
import { trimmed } from "../../support/trimmed.js";

const go = goSourceWith("src/internal/trace/tracev2/events.go", "Go's own reader of the parts that we write");

/** Shares of a trace: its beginning, its middle, its end. */
const SHARES = [
  [0, 0.5],
  [0.3, 0.6],
  [0.5, 1.1],
] as const;
const TRACES = ["syscalls-go1.22", "annotations-go1.26", "manygens-sync-go1.26"];

async function lengthOf(path: string): Promise<number> {
  const lines = await absoluteLines(await openTraceFile(path));
  return (lines.at(-1)?.time ?? 0) - (lines[0]?.time ?? 0);
}

async function partOfFile(path: string, part: TracePart): Promise<Trace> {
  return partOf(await openTraceFile(path), part);
}

/** Goroutines that a part mentions only at its end have times of their own there, one nanosecond after another. */
const isMention = ({ text }: AbsoluteLine) => / Undetermined->/.test(text);
const withTime = ({ time, text }: AbsoluteLine) => `${time} ${text}`;
const withoutTime = ({ text }: AbsoluteLine) => text;

/** Compares the events of a part with those of what is written of it. */
async function expectSame(open: () => Promise<Trace>): Promise<void> {
  const part = await open();
  const expected = await absoluteLines(part);
  const out = await trimmed(await open());
  const written = await absoluteLines(await openTraceFile(out.path));
  const events = written.filter(({ time }) => time >= part.timeBase);
  expect(events.filter((line) => !isMention(line)).map(withTime)).toEqual(
    expected.filter((line) => !isMention(line)).map(withTime),
  );
  expect(events.filter(isMention).map(withoutTime)).toEqual(expected.filter(isMention).map(withoutTime));
  if (go !== undefined) expect(() => parsedByGo(out.path, go.root)).not.toThrow();
}

describe("a part, written as a trace", { tags: ["long"] }, () => {
  test.each(TRACES)("has the events of the part, and Go's own reader takes it: %s", async (name) => {
    const path = fixture(`${name}.trace`);
    const length = await lengthOf(path);
    for (const [from, to] of SHARES) {
      const window = { from: Math.floor(length * from), to: Math.floor(length * to) };
      await expectSame(() => partOfFile(path, { window }));
    }
  });

  test("begins with open tasks and regions, by the goroutines that began them", async () => {
    const path = fixture("annotations-go1.26.trace");
    const begun = (lines: readonly AbsoluteLine[]) =>
      lines.flatMap(({ text }) => / g=(\d+) (?:Task|Region)Begin .*? stack/.exec(text)?.[0] ?? []);
    const trace = await openTraceFile(path);
    const before = await absoluteLines(trace);
    const inner = before.find(({ text }) => text.includes("mixMilkCoffee"))?.time ?? 0;
    const window = { from: inner - trace.timeBase + 1, to: Number.POSITIVE_INFINITY };
    const part = await partOfFile(path, { window });
    const out = await trimmed(part);
    const written = await absoluteLines(await openTraceFile(out.path));
    const prologue = begun(written.filter(({ time }) => time < part.timeBase));
    expect(prologue.length).toBeGreaterThan(1);
    expect(begun(before)).toEqual(expect.arrayContaining(prologue));
  });

  test("is the same whether all parts are written in one pass or each alone", async () => {
    const path = fixture("sync-go1.26.trace");
    const step = Math.ceil((await lengthOf(path)) / 3);
    let number = 0;
    for await (const part of splitTrace(await openTraceFile(path), { step })) {
      const out = await trimmed(part);
      const window = { from: step * number, to: step * ++number };
      const alone = await trimmed(await partOfFile(path, { window }));
      const lines = async (file: string) => (await absoluteLines(await openTraceFile(file))).map(withTime);
      expect(await lines(out.path)).toEqual(await lines(alone.path));
    }
    expect(number).toBeGreaterThan(2);
  });
});
