import { readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { emptyFolder, fixture } from "../cli/command.js";
import { otlpProblems } from "../support/otlp/integrity-otlp.js";
import { otlp } from "../support/otlp/otlp-command.js";
import { type OtlpSpan, sortedSpans, spansByTrace, spansOfLines } from "../support/otlp/otlp-spans.js";
import { Jaeger } from "./jaeger.js";

const TRACES = ["annotations-go1.26", "sync-go1.26", "http"];
const WHOLE = ["--states", "all", "--min-block", "0", "--service-name", "shop"];

let jaeger: Jaeger;
beforeAll(async () => {
  jaeger = await Jaeger.start();
}, 1_800_000);
afterAll(() => jaeger.stop());

/** Jaeger has its own order of attributes and events, and remarks on spans that are not within the time of their parent. */
function comparable({ attributes, events, resource: _, ...span }: OtlpSpan) {
  return {
    ...span,
    attributes: Object.fromEntries(
      Object.entries(attributes)
        .filter(([key]) => key !== "@jaeger@warnings")
        .sort(),
    ),
    events: [...events].sort((a, b) => Number(a.time - b.time)),
  };
}

test.each(TRACES)("Jaeger has %s whole, and nothing twice when it is sent again", async (name) => {
  const trace = fixture(`${name}.trace`);
  const file = join(emptyFolder(), "spans.jsonl");
  expect((await otlp([trace, "-o", file, ...WHOLE])).code).toBe(0);
  const expected = spansByTrace(spansOfLines(readFileSync(file, "utf8")));
  for (const protocol of ["http/json", "http/protobuf", "grpc"]) {
    const endpoint = protocol === "grpc" ? jaeger.otlpGrpc : jaeger.otlp;
    const args = [trace, "--endpoint", endpoint, "--protocol", protocol, "--ui", jaeger.ui, ...WHOLE];
    const { code, stderr } = await otlp(args);
    expect([code, stderr]).toEqual([0, expect.not.stringContaining("error")]);
    for (const id of [...expected.keys()].slice(0, 200)) {
      const spans = await jaeger.trace(id);
      expect(otlpProblems(spans, false)).toEqual([]);
      expect(sortedSpans(spans).map(comparable)).toEqual(sortedSpans(expected.get(id) ?? []).map(comparable));
    }
    const [, address = ""] = /^(http:\/\/\S+\/trace\/[0-9a-f]{32})$/m.exec(stderr) ?? [];
    expect((await fetch(address)).headers.get("content-type")).toMatch(/^text\/html/);
  }
});

test("the printed search finds an old trace", async () => {
  const trace = fixture("annotations-go1.26.trace");
  const args = [trace, "--endpoint", jaeger.otlp, "--ui", jaeger.ui, "--service-name", "old"];
  const { stderr } = await otlp(args);
  const [, search = ""] = /\/search(\?\S+)$/m.exec(stderr) ?? [];
  const found = async (query: string) => {
    const { data } = (await (await fetch(`${jaeger.ui}/api/traces${query}`)).json()) as { data: unknown[] };
    return data.length;
  };
  // The runtime's spans are a trace of another service.
  expect(await found(search)).toBe(24);
  expect(await found("?service=old")).toBe(0);
});

test("Jaeger lists the program and its runtime as services", async () => {
  expect(await jaeger.services()).toEqual(["old", "old/runtime", "shop", "shop/runtime"]);
});
