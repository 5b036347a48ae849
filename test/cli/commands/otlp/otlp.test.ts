// @module-tag long
// @module-tag slowest

import { readFileSync, statSync, utimesSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { gunzipSync, gzipSync } from "node:zlib";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { byteSize } from "../../../../src/base/grouped.js";
import { fixtureTraces } from "../../../support/corpus.js";
import { oracleSummary } from "../../../support/oracle.js";
import { Collector, haveCollector } from "../../../support/otlp/collector.js";
import { otlpProblems } from "../../../support/otlp/integrity-otlp.js";
import { otlp, startOtlp } from "../../../support/otlp/otlp-command.js";
import { OtlpOracle } from "../../../support/otlp/otlp-oracle.js";
import { sortedSpans, spansByTrace, spansOfLines } from "../../../support/otlp/otlp-spans.js";
import { emptyFolder, fixture, go2perfetto } from "../../command.js";

const TRACE = fixture("annotations-go1.26.trace");
const page = readFileSync(new URL("../../../../docs/spans.md", import.meta.url), "utf8");
const WHOLE = ["--states", "all", "--min-block", "0", "--max-spans-per-trace", "0"];

/** What the command would send, as its file has it. */
async function spansOf(trace: string, ...args: readonly string[]) {
  const file = join(emptyFolder(), "spans.jsonl");
  const result = await otlp([trace, "-o", file, ...args]);
  expect([result.code, result.stderr]).toEqual([0, expect.not.stringContaining("error")]);
  return { ...result, file, spans: spansOfLines(readFileSync(file, "utf8")) };
}

/** Wall clock at the start of a trace that has it, by Go's own reader. */
function wallStart(name: string): bigint {
  const trace = fixtureTraces().find((each) => each.name === name);
  const summary = trace && oracleSummary(trace);
  const [sync] = summary?.syncs ?? [];
  const [, seconds, fraction = ""] = /^(.*?)(?:\.(\d+))?Z$/.exec(sync?.Wall ?? "") ?? [];
  const wall = BigInt(Date.parse(`${seconds}Z`)) * 1_000_000n + BigInt(fraction.padEnd(9, "0"));
  return wall - BigInt((sync?.Trace ?? 0) - (summary?.firstTime ?? 0));
}

const hasCollector = await haveCollector("spans at a real collector");

describe.runIf(hasCollector)("a real collector", () => {
  let collector: Collector;
  beforeAll(async () => {
    collector = await Collector.start();
  });
  afterAll(() => collector.stop());

  // Every fixture with a wall clock, twice, by each protocol in turn: a collector writes down what it gets.
  const traces = fixtureTraces()
    .filter(({ name }) => /go1\.2[56]/.test(name))
    .map((trace, i) => ({ ...trace, protocol: i % 2 === 0 ? "grpc" : "http/protobuf" }));
  test.each(traces)("has of $name what Go's summarizer says, by $protocol too", async (trace) => {
    const { protocol } = trace;
    const before = collector.spans().length;
    const sent: number[] = [];
    for (const args of [
      ["--endpoint", collector.url, "--protocol", "http/json"],
      [
        "--endpoint",
        protocol === "grpc" ? collector.grpcUrl : collector.url,
        "--protocol",
        protocol,
        "--compression",
        "gzip",
      ],
    ]) {
      const { code, stderr } = await otlp([trace.path, ...WHOLE, ...args]);
      expect([code, stderr]).toEqual([0, expect.not.stringMatching(/error|warning/)]);
      const [, count = "", accepted] = /: ([\d,]+) sent, ([\d,]+) accepted, 0 rejected/.exec(stderr) ?? [];
      expect(accepted).toBe(count);
      sent.push(Number(count.replaceAll(",", "")));
    }
    await expect.poll(() => collector.spans().length - before).toBe((sent[0] ?? 0) * 2);
    const spans = collector.spans().slice(before);
    const half = spans.length / 2;
    expect(sortedSpans(spans.slice(0, half))).toEqual(sortedSpans(spans.slice(half)));
    expect(otlpProblems(spans.slice(0, half))).toEqual([]);
    const summary = oracleSummary(trace);
    if (summary === undefined) return;
    const oracle = new OtlpOracle(summary, spans.slice(0, half), wallStart(trace.name));
    expect(oracle.differences()).toEqual([]);
  });

  test("gets spans below those that the program's own tracing has sent", async () => {
    const before = collector.spans().length;
    const trace = fixture("program-spans/otel.trace");
    const { code, stderr } = await otlp([trace, "--endpoint", collector.url, "--only-linked"]);
    expect([code, stderr]).toEqual([0, expect.not.stringMatching(/error|warning/)]);
    expect(stderr).toContain("linked: 9 tasks, regions and stretches are below spans of the program's");
    const own = readFileSync(fixture("program-spans/otel.jsonl"), "utf8").trim().split("\n");
    await expect.poll(() => collector.spans().length - before).toBeGreaterThanOrEqual(own.length);
    const spans = collector.spans().slice(before);
    const there = own.map((line) => JSON.parse(line) as { traceId: string; spanId: string });
    expect(otlpProblems(spans, true, there)).toEqual([]);
    const below = new Set(spans.map(({ traceId, parentSpanId }) => `${traceId} ${parentSpanId}`));
    for (const { traceId, spanId } of there) expect(below).toContain(`${traceId} ${spanId}`);
  });

  test("gets resource, scope and semantic-convention attributes", async () => {
    const before = collector.spans().length;
    const { code } = await otlp(
      [TRACE, "--endpoint", collector.url, "--resource-attribute", "deployment.environment.name=test"],
      { OTEL_SERVICE_NAME: "shop", OTEL_RESOURCE_ATTRIBUTES: "team=coffee,deployment.environment.name=prod" },
    );
    expect(code).toBe(0);
    await expect.poll(() => collector.spans().length - before).toBeGreaterThan(200);
    const spans = collector.spans().slice(before);
    const services = new Map(spans.map(({ resource }) => [resource["service.name"], resource]));
    expect([...services.keys()].sort()).toEqual(["shop", "shop/runtime"]);
    expect(services.get("shop")).toMatchObject({
      "process.runtime.name": "go",
      "telemetry.sdk.name": "go2perfetto",
      team: "coffee",
      "deployment.environment.name": "test",
    });
    const wait = spans.find(({ name }) => name === "blocked: sync");
    expect(wait?.attributes).toMatchObject({
      "go.kind": "blocked",
      "go.reason": "sync",
      "code.function.name": expect.stringMatching(/^main\./),
      "code.file.path": expect.stringMatching(/main\.go$/),
      "code.line.number": expect.any(Number),
      "code.stacktrace": expect.stringMatching(/^sync\.\(\*WaitGroup\)\.Wait\n\t/),
    });
    expect(wait?.events[0]).toMatchObject({ name: "unblocked", time: wait?.end });
    expect(wait?.links[0]?.attributes).toMatchObject({ "go.link": "unblocked by" });
  });
});

describe("go2perfetto otlp -o", () => {
  test("writes the same bytes each time, of a file, a pipe and gzip", async () => {
    const bytes = readFileSync(TRACE);
    const { file } = await spansOf(TRACE, ...WHOLE);
    const zipped = join(emptyFolder(), "trace.gz");
    writeFileSync(zipped, gzipSync(bytes));
    const { file: again } = await spansOf(zipped, ...WHOLE);
    expect(readFileSync(again)).toEqual(readFileSync(file));
    const piped = go2perfetto(["otlp", "-", "-o", "-", ...WHOLE], { input: bytes });
    expect(piped.code).toBe(0);
    expect(piped.stdout).toEqual(readFileSync(file));
    const gz = join(emptyFolder(), "spans.jsonl.gz");
    const written = await otlp([TRACE, "-o", gz, ...WHOLE]);
    expect([written.code, written.stderr]).toEqual([
      0,
      expect.stringContaining(`${gz}: ${byteSize(statSync(gz).size)}\n`),
    ]);
    expect(gunzipSync(readFileSync(gz))).toEqual(readFileSync(file));
  });

  test("keeps the longest spans of a trace, with parents that are there, and counts the others", async () => {
    const whole = await spansOf(TRACE, ...WHOLE);
    const { spans, stderr } = await spansOf(TRACE, ...WHOLE.slice(0, 4), "--max-spans-per-trace", "10");
    expect(otlpProblems(spans, false)).toEqual([]);
    let left = 0;
    for (const [traceId, all] of spansByTrace(whole.spans)) {
      const kept = spans.filter((span) => span.traceId === traceId);
      expect(kept).toHaveLength(Math.min(all.length, 10));
      left += all.length - kept.length;
      const lengths = (some: typeof all) =>
        some
          .filter(({ parentSpanId }) => parentSpanId !== "")
          .map(({ start, end }) => Number(end - start))
          .sort((a, b) => b - a);
      expect(lengths(kept)).toEqual(lengths(all).slice(0, kept.length - 1));
    }
    expect(stderr).toContain(
      `left out: ${left} of ${whole.spans.length} spans, in traces with more than 10 spans; the longest were kept`,
    );
    // Each that is left out is counted by the nearest span around it that is not.
    const keptIds = new Set(spans.map(({ spanId }) => spanId));
    const byId = new Map(whole.spans.map((span) => [span.spanId, span]));
    const expected = new Map<string, number>();
    for (const span of whole.spans.filter(({ spanId }) => !keptIds.has(spanId))) {
      let around = span.parentSpanId;
      while (!keptIds.has(around)) around = byId.get(around)?.parentSpanId ?? "";
      const key = `go.left_out.${span.attributes["go.kind"]}`;
      for (const [what, more] of [
        ["count", 1],
        ["time", Number(span.end - span.start)],
      ] as const)
        expected.set(`${around} ${key}.${what}`, (expected.get(`${around} ${key}.${what}`) ?? 0) + more);
    }
    const counted = spans.flatMap(({ spanId, attributes }) =>
      Object.entries(attributes)
        .filter(([key]) => key.startsWith("go.left_out."))
        .map(([key, value]) => [`${spanId} ${key}`, value] as const),
    );
    expect(new Map(counted)).toEqual(expected);
    const known = new Set(whole.spans.map(({ spanId, start, end }) => `${spanId} ${start} ${end}`));
    for (const { spanId, start, end } of spans) expect(known).toContain(`${spanId} ${start} ${end}`);
  });

  test("keeps the first spans of a stream, with parents that are there", async () => {
    const args = ["otlp", "-", "-o", "-", ...WHOLE.slice(0, 4), "--max-spans-per-trace", "10"];
    const { stdout, stderr } = go2perfetto(args, { input: readFileSync(TRACE) });
    const spans = spansOfLines(stdout.toString());
    expect(otlpProblems(spans, false)).toEqual([]);
    const sizes = [...spansByTrace(spans).values()].map(({ length }) => length);
    expect(Math.max(...sizes)).toBe(10);
    const [, left = ""] = /left out: ([\d,]+) of/.exec(stderr) ?? [];
    const counted = spans.flatMap(({ attributes }) =>
      Object.entries(attributes).flatMap(([key, value]) =>
        /^go\.left_out\..*count$/.test(key) ? [Number(value)] : [],
      ),
    );
    const [total, told] = [Number(left.replaceAll(",", "")), counted.reduce((sum, count) => sum + count, 0)];
    // Few are left out when all spans around them have been sent.
    expect(told).toBeLessThanOrEqual(total);
    expect(told).toBeGreaterThan(0.95 * total);
    expect(stderr).toContain("the first were kept");
  });

  test("has spans only of states as long as asked for, and adds up the others", async () => {
    const kinds = ["blocked", "runnable", "syscall"];
    const all = (await spansOf(TRACE, ...WHOLE)).spans.filter(({ attributes }) =>
      kinds.includes(String(attributes["go.kind"])),
    );
    const some = (await spansOf(TRACE, "--states", "all", "--min-block", "50us")).spans;
    const long = some.filter(({ attributes }) => kinds.includes(String(attributes["go.kind"])));
    expect(long).toHaveLength(all.filter(({ start, end }) => end - start >= 50_000n).length);
    for (const kind of kinds) {
      const short = all.filter(
        ({ attributes, start, end }) => attributes["go.kind"] === kind && end - start < 50_000n,
      );
      const sum = (key: string) =>
        some.reduce((total, { attributes }) => total + ((attributes[key] as number) ?? 0), 0);
      expect(sum(`go.short.${kind}.count`)).toBe(short.length);
    }
    const none = (await spansOf(TRACE, "--states", "none")).spans;
    expect(none.filter(({ attributes }) => kinds.includes(String(attributes["go.kind"])))).toEqual([]);
  });

  test("takes a window and goroutines of a trace", async () => {
    const whole = await spansOf(TRACE, ...WHOLE);
    const { spans } = await spansOf(TRACE, ...WHOLE, "--from", "500us", "--to", "1ms");
    const start = wallStart("annotations-go1.26");
    expect(otlpProblems(spans)).toEqual([]);
    for (const span of spans) {
      expect(span.start).toBeGreaterThanOrEqual(start + 500_000n);
      expect(span.end).toBeLessThanOrEqual(start + 1_000_001n);
    }
    // What lies within has the same ids as in the whole.
    const known = new Map(whole.spans.map((span) => [span.spanId, span]));
    const inner = spans.filter(
      ({ attributes, parentSpanId }) => attributes["go.cut"] === undefined && parentSpanId !== "",
    );
    expect(inner.length).toBeGreaterThan(50);
    for (const span of inner) expect(known.get(span.spanId)?.end).toBe(span.end);
    const one = await spansOf(TRACE, ...WHOLE, "--goroutine", "main.main");
    const goroutines = one.spans.filter(({ attributes }) => attributes["go.kind"] === "goroutine");
    expect(goroutines.map(({ name }) => name)).toEqual(["main.main"]);
  });

  test("takes a task, whole, with those within it and all that is done for them", async () => {
    const trace = fixtureTraces().find(({ name }) => name === "annotations-go1.26");
    const { tasks, regions } = (trace && oracleSummary(trace)) ?? { tasks: [], regions: [] };
    const ids = new Set((tasks ?? []).filter(({ Name }) => Name === "makeCappuccino").map(({ ID }) => ID));
    for (const { ID, Parent } of tasks ?? []) if (ids.has(Parent)) ids.add(ID);
    const { spans } = await spansOf(TRACE, "--task", "makeCappuccino", ...WHOLE);
    const of = (kind: string) =>
      spans.filter(
        ({ attributes }) => attributes["go.kind"] === kind && ids.has(Number(attributes["go.task.id"])),
      );
    expect(
      of("task")
        .map(({ attributes }) => Number(attributes["go.task.id"]))
        .sort(),
    ).toEqual([...ids].sort());
    expect(of("task").filter(({ attributes }) => attributes["go.cut"] !== undefined)).toEqual([]);
    const expected = (regions ?? []).filter(
      ({ Task, StartKind }) => ids.has(Task) && StartKind === "RegionBegin",
    );
    expect(expected.length).toBeGreaterThan(2);
    const lengths = (each: readonly { name: string; length: number }[]) =>
      each.map(({ name, length }) => `${name} ${length}`).sort();
    expect(
      lengths(of("region").map(({ name, start, end }) => ({ name, length: Number(end - start) }))),
    ).toEqual(lengths(expected.map(({ Name, Start, End }) => ({ name: Name, length: End - Start }))));
  });

  test("knows when a trace was taken that does not say so", async () => {
    const old = join(emptyFolder(), "old.trace");
    writeFileSync(old, readFileSync(fixture("hello-go1.22.trace")));
    utimesSync(old, 1_600_000_000, 1_600_000_000.25);
    const rootOf = async (...args: readonly string[]) => {
      const { spans, stderr } = await spansOf(old, ...args);
      return { root: spans.find(({ name }) => name === "go trace"), stderr };
    };
    const guessed = await rootOf();
    expect(guessed.root?.end).toBe(statSync(old, { bigint: true }).mtimeNs);
    expect(guessed.stderr).toContain("it ends when the file was written");
    expect((await rootOf("--start-time", "mtime")).root).toEqual(guessed.root);
    const told = await rootOf("--start-time", "2024-02-29t12:00:00.123456789+01:00");
    expect(told.root?.start).toBe(1_709_204_400_123_456_789n);
    expect(told.stderr).not.toContain("warning");
    const before = BigInt(Date.now()) * 1_000_000n;
    expect((await rootOf("--start-time", "now")).root?.start).toBeGreaterThanOrEqual(before);
  });
});

describe("go2perfetto otlp", () => {
  test("says with --dry-run what would be sent, and sends nothing", async () => {
    const { code, stderr } = await otlp([
      TRACE,
      "--dry-run",
      "--endpoint",
      "http://127.0.0.1:1",
      "--ui",
      "http://jaeger/",
      "--service-name",
      "shop & co",
    ]);
    expect(code).toBe(0);
    expect(stderr).toMatch(/^249 spans in 25 traces: 1 capture, 40 goroutine, 44 task, 115 region, /);
    expect(page).toContain(stderr.split("\n")[0]);
    expect(stderr).toMatch(/^http:\/\/jaeger\/trace\/[0-9a-f]{32}$/m);
    const [search = ""] = /^http:\/\/jaeger\/search\?.*$/m.exec(stderr) ?? [];
    const second = wallStart("annotations-go1.26") / 1_000_000_000n;
    expect(Object.fromEntries(new URL(search).searchParams)).toEqual({
      service: "shop & co",
      start: `${second}000000`,
      end: `${second + 1n}000000`,
      limit: "25",
      lookback: "custom",
    });
    expect(stderr).toContain("… and 5 more traces");
  });

  test("ends at once if there is no endpoint, and says what to do", async () => {
    const { code, stderr, time } = await otlp([TRACE, "--endpoint", "http://127.0.0.1:1"]);
    expect(code).toBe(1);
    expect(stderr).toBe(
      "error: cannot send to http://127.0.0.1:1/v1/traces: the connection is refused\n" +
        "  Check that a collector or Jaeger runs there. --endpoint sets the address, --dry-run sends nothing.\n",
    );
    // Trying again until its time is over would take ten seconds.
    expect(time).toBeLessThan(8000);
  });

  test.each([
    [["--endpoint", "localhost:4318"], "Write it as http://localhost:4318."],
    [["--endpoint", "ftp://localhost"], "begins with http:// or https://"],
    [["--header", "nonsense"], "--header 1 is not a valid HTTP header"],
    [["--protocol", "http"], "grpc, http/json, http/protobuf"],
    [["--start-time", "yesterday"], "It is not mtime, now or a time"],
    [["--start-time", "2025-02-30T00:00:00Z"], "It is not mtime, now or a time"],
    [["--start-time", "2025-01-01T24:00:00Z"], "It is not mtime, now or a time"],
    [["--start-time", "2025-01-01T00:00:00"], "It is not mtime, now or a time"],
    [["--start-time", "1969-12-31T23:59:59.9Z"], "It is not between 1970 and 2262."],
    [["--start-time", "2300-01-01T00:00:00Z"], "It is not between 1970 and 2262."],
    [["--max-spans-per-trace", "-1"], "It is not a whole number."],
    [["--resource-attribute", "x"], "It is not KEY=VALUE."],
    [["--ui", "jaeger"], "It is not a URL"],
    [["--dry-run", "-o", "x.jsonl"], "cannot be used with"],
  ])("refuses %j", async (args, words) => {
    const { code, stderr } = await otlp([TRACE, ...args]);
    expect([code, stderr]).toEqual([2, expect.stringContaining(words)]);
  });

  test.each([
    [{ OTEL_EXPORTER_OTLP_PROTOCOL: "http" }, "OTEL_EXPORTER_OTLP_PROTOCOL must be one of grpc, http/json"],
    [{ OTEL_EXPORTER_OTLP_ENDPOINT: "localhost" }, "OTEL_EXPORTER_OTLP_ENDPOINT is not a URL"],
    [
      { OTEL_EXPORTER_OTLP_TRACES_COMPRESSION: "zip" },
      "OTEL_EXPORTER_OTLP_TRACES_COMPRESSION must be one of gzip",
    ],
    [{ OTEL_EXPORTER_OTLP_TIMEOUT: "10s" }, "OTEL_EXPORTER_OTLP_TIMEOUT is not a number of milliseconds"],
    [{ OTEL_EXPORTER_OTLP_HEADERS: "a=1,secret" }, "OTEL_EXPORTER_OTLP_HEADERS: entry 2 is invalid"],
    [
      { OTEL_EXPORTER_OTLP_HEADERS: "Authorization: secret" },
      "OTEL_EXPORTER_OTLP_HEADERS: entry 1 is invalid",
    ],
    [{ OTEL_EXPORTER_OTLP_HEADERS: "a=%secret" }, "such as authorization=Bearer%20"],
    [
      { OTEL_EXPORTER_OTLP_TRACES_HEADERS: "a=secret%0A" },
      "OTEL_EXPORTER_OTLP_TRACES_HEADERS: entry 1 is invalid",
    ],
    [{ OTEL_RESOURCE_ATTRIBUTES: "team=coffee,a=b=c" }, "OTEL_RESOURCE_ATTRIBUTES: entry 2 is invalid"],
    [{ OTEL_RESOURCE_ATTRIBUTES: `a=${"x".repeat(256)}` }, "OTEL_RESOURCE_ATTRIBUTES: entry 1 is invalid"],
  ])("refuses %j in the environment", async (env, words) => {
    const { code, stderr } = await otlp([TRACE], env);
    expect([code, stderr]).toEqual([2, expect.stringContaining(words)]);
    expect(stderr).not.toContain("secret");
  });

  test("takes of standard input no time at which it was written", () => {
    const args = ["otlp", "-", "--dry-run", "--start-time", "mtime"];
    const { code, stderr } = go2perfetto(args, { input: readFileSync(TRACE) });
    expect([code, stderr]).toEqual([2, expect.stringContaining("--start-time mtime needs a file")]);
  });

  test("ends with the part that a cut trace has, and says so", async () => {
    const { child, result } = startOtlp(["-", "--dry-run"]);
    child.stdin.end(readFileSync(TRACE).subarray(0, 60_000));
    const { code, stderr } = await result;
    expect(code).toBe(3);
    expect(stderr).toContain("standard input is incomplete");
    expect(stderr).toMatch(/\d+ spans in \d+ traces/);
  });
});
