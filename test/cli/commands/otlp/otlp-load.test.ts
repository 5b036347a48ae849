// @module-tag long

import { readFileSync } from "node:fs";
import { setTimeout as pause } from "node:timers/promises";
import { afterEach, describe, expect, test } from "vitest";
import { Collector, haveCollector } from "../../../support/otlp/collector.js";
import { FakeEndpoint, isPreflight } from "../../../support/otlp/fake-endpoint.js";
import { otlpProblems } from "../../../support/otlp/integrity-otlp.js";
import { largeTrace } from "../../../support/otlp/large-trace.js";
import { otlp, startOtlp } from "../../../support/otlp/otlp-command.js";
import { fixture } from "../../command.js";

const WHOLE = ["--states", "all", "--min-block", "0", "--max-spans-per-trace", "0"];
const LARGE_MEGABYTES = 12;

const hasCollector = await haveCollector("a million spans at a real collector");

const cleanup: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const end of cleanup.splice(0)) await end();
});

async function collect(...args: Parameters<typeof Collector.start>): Promise<Collector> {
  const collector = await Collector.start(...args);
  cleanup.push(() => collector.stop());
  return collector;
}

const numberOf = (stderr: string, words: string) =>
  Number((new RegExp(`([\\d,]+) ${words}`).exec(stderr)?.[1] ?? "-1").replaceAll(",", ""));

/** The most memory that a process has had so far, in megabytes; 0 where the system does not say. */
function peakMemory(pid: number | undefined): number {
  try {
    return Number(/^VmHWM:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1] ?? 0) / 1024;
  } catch {
    return 0;
  }
}

describe.runIf(hasCollector)("a real collector", () => {
  test("gets a million spans, all of them, in bounded memory", { timeout: 600_000 }, async () => {
    const collector = await collect({ counts: true });
    const trace = await largeTrace(LARGE_MEGABYTES);
    const { child, result } = startOtlp([trace, "--endpoint", collector.url, ...WHOLE]);
    child.stdin.end();
    let peak = 0;
    const watch = setInterval(() => {
      peak = Math.max(peak, peakMemory(child.pid));
    }, 100);
    const { code, stderr } = await result;
    clearInterval(watch);
    expect([code, stderr]).toEqual([0, expect.not.stringMatching(/error|warning/)]);
    const made = numberOf(stderr, "spans in");
    expect(made).toBeGreaterThan(1_000_000);
    expect(numberOf(stderr, "accepted")).toBe(made);
    expect(await collector.accepted()).toBe(made);
    expect(peak).toBeLessThan(250);
  });

  test("may end and start again while spans are sent", async () => {
    const first = await collect();
    const { child, result } = startOtlp([fixture("http.trace"), "--endpoint", first.url, ...WHOLE]);
    child.stdin.end();
    await expect.poll(() => first.hasSpans()).toBe(true);
    await first.stop();
    expect(child.exitCode).toBe(null);
    await pause(500);
    const second = await collect({ port: first.port });
    const { code, stderr } = await result;
    expect([code, stderr]).toEqual([0, expect.not.stringMatching(/error|warning/)]);
    await second.stop();
    const made = numberOf(stderr, "spans in");
    expect(numberOf(stderr, "accepted")).toBe(made);
    const before = first.spans();
    const after = second.spans();
    expect(before.length).toBeGreaterThan(0);
    expect(after.length).toBeGreaterThan(0);
    // The request under way when it ended may have arrived twice.
    const byId = new Map([...before, ...after].map((span) => [`${span.traceId} ${span.spanId}`, span]));
    expect(byId.size).toBe(made);
    expect(otlpProblems([...byId.values()])).toEqual([]);
  });
});

describe("spans of a stream", () => {
  test("arrive while it goes on, and are those of the file in the end", async () => {
    const path = fixture("manygens-sync-go1.26.trace");
    const bytes = readFileSync(path);
    const fake = await FakeEndpoint.start(() => undefined);
    cleanup.push(() => fake.close());
    const args = ["--endpoint", fake.url, "--protocol", "http/json", ...WHOLE];
    const { child, result } = startOtlp(["-", ...args]);
    child.stdin.write(bytes.subarray(0, 75_000));
    await expect.poll(() => fake.accepted.length).toBeGreaterThan(100);
    const early = fake.accepted.length;
    child.stdin.write(bytes.subarray(75_000, 85_000));
    await expect.poll(() => fake.accepted.length).toBeGreaterThan(early);
    child.stdin.end(bytes.subarray(85_000));
    expect((await result).code).toBe(0);
    expect(fake.requests.filter((request) => !isPreflight(request)).length).toBeGreaterThan(2);
    const streamed = [...fake.accepted];
    expect(otlpProblems(streamed)).toEqual([]);
    const known = fake.accepted.length;
    expect((await otlp([path, ...args])).code).toBe(0);
    const ids = (spans: typeof streamed) => spans.map(({ traceId, spanId }) => `${traceId} ${spanId}`).sort();
    expect(ids(fake.accepted.slice(known))).toEqual(ids(streamed));
  });
});
