// @module-tag long
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import { describe, expect, test } from "vitest";
import { emptyFolder, fixture, go2perfetto } from "./command.js";

/** What an output must never hold: an id below zero. */
const NEGATIVE = /\b[gG](?:oroutine[^\n"]{0,8})?[=: ]*-\d/;

interface Attributes {
  readonly [key: string]: unknown;
}
interface Span {
  readonly spanId: string;
  readonly name: string;
  readonly startTimeUnixNano: string;
  readonly endTimeUnixNano: string;
  readonly attributes: Attributes;
  readonly events: readonly Attributes[];
}
interface Attribute {
  readonly key: string;
  readonly value: Readonly<Record<string, unknown>>;
}

const valuesOf = (attributes: readonly Attribute[] = []): Attributes =>
  Object.fromEntries(attributes.map(({ key, value }) => [key, Object.values(value)[0]]));

function run(cwd: string, args: readonly string[]): string {
  const { code, stdout, stderr } = go2perfetto([...args], { cwd });
  expect([code, stderr]).toEqual([0, expect.not.stringContaining("error")]);
  return stdout.toString();
}

function spansOf(cwd: string, trace: string, options: readonly string[]): Map<string, Span> {
  run(cwd, [
    "otlp",
    trace,
    "-o",
    "spans.json",
    "-q",
    "--states",
    "all",
    "--max-spans-per-trace",
    "0",
    ...options,
  ]);
  const spans = new Map<string, Span>();
  for (const line of readFileSync(join(cwd, "spans.json"), "utf8").trim().split("\n")) {
    for (const { scopeSpans } of JSON.parse(line).resourceSpans)
      for (const { spans: some } of scopeSpans)
        for (const span of some) {
          const events = (span.events ?? []).map((event: { attributes?: Attribute[] }) =>
            valuesOf(event.attributes),
          );
          spans.set(span.spanId, { ...span, attributes: valuesOf(span.attributes), events });
        }
  }
  return spans;
}

describe.each([
  ["annotations-go1.26", ["--goroutine", "1"]],
  ["annotations-go1.26", ["--goroutine", "/main.main.*func/"]],
  ["annotations-go1.21", ["--goroutine", "1"]],
  ["sync-go1.26", ["--goroutine", "main.consumer"]],
])("goroutines that are left out of %s %j", (name, options) => {
  const trace = fixture(`${name}.trace`);
  const cwd = emptyFolder();

  test("keep their ids in dump: its lines are lines of the whole", () => {
    const whole = new Set(run(cwd, ["dump", trace]).trim().split("\n"));
    const part = run(cwd, ["dump", trace, ...options])
      .trim()
      .split("\n");
    expect(part.length).toBeGreaterThan(20);
    expect(part.filter((line) => !whole.has(line))).toEqual([]);
  });

  test("keep their ids in spans, and tasks are complete that are so in the whole", () => {
    const whole = spansOf(cwd, trace, []);
    const part = spansOf(cwd, trace, options);
    expect(part.size).toBeGreaterThan(5);
    for (const span of part.values()) {
      const same = whole.get(span.spanId);
      expect([span.name, same?.startTimeUnixNano, same?.endTimeUnixNano]).toEqual([
        same?.name,
        span.startTimeUnixNano,
        span.endTimeUnixNano,
      ]);
      const known = (key: string) => [span.attributes[key], ...span.events.map((event) => event[key])];
      for (const key of ["go.goroutine.id", "go.by.goroutine.id", "go.cut", "go.task.id"])
        if (span.attributes["go.kind"] !== "goroutine" || key !== "go.cut")
          expect([key, ...known(key)]).toEqual([
            key,
            same?.attributes[key],
            ...(same?.events ?? []).map((event) => event[key]),
          ]);
    }
  });

  test.each(["out.json", "out.pftrace"])("leave no number below zero in %s", (output) => {
    run(cwd, [trace, "-o", output, "-q", ...options]);
    const text = readFileSync(join(cwd, output), "latin1");
    expect(text.length).toBeGreaterThan(1000);
    expect(NEGATIVE.exec(text)?.[0]).toBe(undefined);
    const started = new Set(text.match(/unblocked by(?:":")? ?G\d+/g));
    const all = run(cwd, ["dump", trace]);
    for (const by of started) expect(all).toContain(`g=${/\d+/.exec(by)?.[0]} `);
  });

  test("leave no number below zero in profiles", () => {
    run(cwd, ["pprof", "sync", trace, "-o", "out.pb.gz", "-q", ...options]);
    const text = gunzipSync(readFileSync(join(cwd, "out.pb.gz"))).toString("latin1");
    expect(NEGATIVE.exec(text)?.[0]).toBe(undefined);
  });
});
