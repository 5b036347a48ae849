// @module-tag long
// @module-tag slowest

import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";
import { emptyFolder } from "../cli/command.js";
import { goSourceWith } from "../support/go-tool.js";
import { otlpProblems } from "../support/otlp/integrity-otlp.js";
import { otlp } from "../support/otlp/otlp-command.js";
import { type OtlpSpan, spansOfLines } from "../support/otlp/otlp-spans.js";

const FOLDER = fileURLToPath(new URL("../../examples/otlp", import.meta.url));
const go = goSourceWith("src/runtime/trace/annotation.go", "spans of the OpenTelemetry SDK for Go");
/** Each wait takes 20 milliseconds, of which at least this is left on a busy machine. */
const STEP = 4e6;

/** A span as the SDK prints it. */
interface SdkSpan {
  readonly Name: string;
  readonly SpanContext: { readonly TraceID: string; readonly SpanID: string };
}

function sdkSpans(text: string): SdkSpan[] {
  return text
    .split("\n")
    .filter(Boolean)
    .map((line) => JSON.parse(line) as SdkSpan);
}

describe.runIf(go !== undefined)("an execution trace of a program with the OpenTelemetry SDK", () => {
  test("has the SDK's spans, and what their time was spent on", async () => {
    const folder = emptyFolder();
    const [trace, own, out] = ["trace.out", "sdk.json", "spans.jsonl"].map((name) => join(folder, name)) as [
      string,
      string,
      string,
    ];
    const env = { ...process.env, GOWORK: "off", GOFLAGS: "-buildvcs=false" };
    execFileSync("go", ["run", ".", trace, own], { cwd: FOLDER, env });
    expect((await otlp([trace, "--states", "all", "-o", out])).code).toBe(0);
    const spans = spansOfLines(readFileSync(out, "utf8"));
    const sdk = sdkSpans(readFileSync(own, "utf8"));
    const there = sdk.map(({ Name, SpanContext }) => ({
      traceId: SpanContext.TraceID,
      spanId: SpanContext.SpanID,
      name: Name,
    }));
    expect(otlpProblems(spans, true, there)).toEqual([]);
    const tasks = spans.filter(({ attributes }) => attributes["go.kind"] === "task");

    // Every span of the SDK has its task, with the same name, below it, in its trace.
    const sorted = (some: readonly string[]) => [...some].sort();
    expect(
      sorted(tasks.map(({ traceId, parentSpanId, name }) => `${traceId} ${parentSpanId} ${name}`)),
    ).toEqual(sorted(there.map(({ traceId, spanId, name }) => `${traceId} ${spanId} ${name}`)));

    // And nothing else is sent with an option, or for one of these traces.
    const [first] = there;
    const one = join(folder, "one.jsonl");
    const only = ["--only-linked", "--trace-id", first?.traceId ?? ""];
    expect((await otlp([trace, "--states", "all", "-o", one, ...only])).code).toBe(0);
    const selected = spansOfLines(readFileSync(one, "utf8"));
    expect(otlpProblems(selected, true, there)).toEqual([]);
    expect(new Set(selected.map(({ traceId }) => traceId))).toEqual(new Set([first?.traceId]));
    expect(sorted(selected.map(({ spanId }) => spanId))).toEqual(
      sorted(spans.filter(({ traceId }) => traceId === first?.traceId).map(({ spanId }) => spanId)),
    );

    // What the SDK cannot say.
    const named = (name: string) => tasks.filter((span) => span.name === name);
    const total = (some: readonly OtlpSpan[], key: string) =>
      some.reduce((sum, { attributes }) => sum + ((attributes[key] as number) ?? 0), 0);
    const childrenOf = (some: readonly OtlpSpan[]) =>
      spans.filter(({ parentSpanId }) => some.some(({ spanId }) => spanId === parentSpanId));
    const long = (some: readonly OtlpSpan[], name: string) =>
      some.filter((span) => span.name === name && Number(span.end - span.start) > STEP);
    expect(total(named("reserve"), "go.time.blocked")).toBeGreaterThan(8 * STEP);
    expect(long(childrenOf(named("reserve")), "blocked: sync")).toHaveLength(8);
    expect(total(named("charge"), "go.time.blocked")).toBeGreaterThan(8 * STEP);
    expect(long(childrenOf(named("charge")), "blocked: chan receive")).toHaveLength(8);
    expect(named("charge").flatMap(({ events }) => events.map(({ name }) => name))).toEqual(
      Array(8).fill("order"),
    );
    expect(total(named("price"), "go.time.gc_active")).toBeGreaterThan(0);
    expect(total(named("price"), "go.time.running")).toBeGreaterThan(
      total(named("charge"), "go.time.running"),
    );
    for (const { attributes } of named("price")) expect(attributes["code.function.name"]).toBe("main.price");
  });
});
