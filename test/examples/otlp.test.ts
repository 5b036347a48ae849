// @module-tag long

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
/** Each step takes five milliseconds. */
const STEP = 4e6;

/** A span as the SDK prints it. */
interface SdkSpan {
  readonly Name: string;
  readonly StartTime: string;
  readonly EndTime: string;
  readonly SpanContext: { readonly SpanID: string };
  readonly Parent: { readonly SpanID: string };
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
    expect(otlpProblems(spans)).toEqual([]);
    const tasks = spans.filter(({ attributes }) => attributes["go.kind"] === "task");
    const byId = new Map(tasks.map((span) => [span.spanId, span]));
    const sdk = sdkSpans(readFileSync(own, "utf8"));
    const sdkNames = new Map(sdk.map(({ Name, SpanContext }) => [SpanContext.SpanID, Name]));

    // Every span, below the one that the SDK has it below, in the same order; roots begin in the millisecond of their first step.
    const inOrder = (some: readonly { at: number; name: string; parent: string }[]) =>
      [...some].sort((a, b) => a.at - b.at).map(({ name, parent }) => `${parent}/${name}`);
    const expected = sdk.map(({ Name, StartTime, Parent }) => ({
      at: Date.parse(StartTime),
      name: Name,
      parent: sdkNames.get(Parent.SpanID) ?? "",
    }));
    const found = tasks.map(({ name, start, parentSpanId }) => ({
      at: Number(start / 1_000_000n),
      name,
      parent: byId.get(parentSpanId)?.name ?? "",
    }));
    expect(inOrder(found).filter((name) => name !== "/checkout")).toEqual(
      inOrder(expected).filter((name) => name !== "/checkout"),
    );
    expect(tasks).toHaveLength(sdk.length);

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
