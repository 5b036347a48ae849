// @module-tag long

import { describe, expect, test } from "vitest";
import { openTraceFile } from "../../src/node.js";
import { tooLarge } from "../../src/sink/auto-detail.js";
import { convert } from "../../src/sink/convert.js";
import { createSink, type Detail } from "../../src/sink/create-sink.js";
import type { Format } from "../../src/sink/formats.js";
import type { Omission } from "../../src/sink/trace-sink.js";
import type { ViewOptions } from "../../src/sink/view-options.js";
import { fixtureTraces } from "../support/corpus.js";
import { haveTraceProcessor } from "../support/perfetto-tools.js";
import { SAMPLES, type SampleRow } from "../support/sql-samples.js";
import { SqlStacks } from "../support/sql-stacks.js";
import { TraceProcessor } from "../support/trace-processor.js";

const haveEngine = await haveTraceProcessor("CPU samples of lean conversions by SQL");
const TRACES = fixtureTraces().filter(({ name }) => name.startsWith("cpusamples"));
const ERRORS = "select name, value from stats where severity in ('error', 'data_loss') and value > 0";
const NOTES =
  "select slice.name from slice join track on track.id = track_id where track.name = 'Trace' order by ts";
const OMITTED = "select str_value as text from metadata where name = 'cr-go2perfetto.omitted'";

interface Output {
  readonly bytes: Uint8Array;
  readonly omissions: readonly Omission[];
}

async function converted(
  path: string,
  format: Format,
  detail: Detail,
  options: ViewOptions = {},
): Promise<Output> {
  const parts: Uint8Array[] = [];
  const sink = await createSink(format, "test", detail, options);
  await convert(await openTraceFile(path), sink, { write: (bytes) => void parts.push(bytes.slice()) });
  return { bytes: new Uint8Array(Buffer.concat(parts)), omissions: sink.omissions ?? [] };
}

/** The samples of a .pftrace: goroutine, time, P, and stack as text. Its import must have no error. */
async function samplesOf({ bytes }: Output): Promise<string[]> {
  const tp = await TraceProcessor.load(bytes);
  try {
    expect(tp.query(ERRORS)).toEqual([]);
    const stacks = new SqlStacks(tp);
    return tp
      .query<SampleRow>(SAMPLES)
      .map(
        ({ tid, name, ts, cpu, stack }) =>
          `${name === "no goroutine" ? -1 : tid} ${cpu} ${ts} ${stacks.key(stack)}`,
      )
      .sort();
  } finally {
    tp.close();
  }
}

interface JsonSample {
  readonly name: string;
  readonly pid: number;
  readonly ts: number;
  readonly sf?: number | string;
}

/** The samples of trace-event JSON on the rows of Ps, with the functions of their stacks. */
function jsonSamples({ bytes }: Output): string[] {
  const { traceEvents, stackFrames } = JSON.parse(Buffer.from(bytes).toString("utf8"));
  const isProcs = (pid: number) =>
    traceEvents.some(
      (each: { name: string; pid: number; args?: { name?: string } }) =>
        each.name === "process_name" && each.pid === pid && each.args?.name === "Procs (P)",
    );
  const stackOf = (frame: number | string | undefined): string => {
    const found = frame === undefined ? undefined : stackFrames[String(frame)];
    return found === undefined ? "" : `${found.name} < ${stackOf(found.parent)}`;
  };
  return traceEvents
    .filter(({ name, pid }: JsonSample) => name === "CPU profile sample" && isProcs(pid))
    .map(({ ts, sf }: JsonSample) => `${ts} ${stackOf(sf)}`)
    .sort();
}

describe.skipIf(!haveEngine).each(TRACES)(
  "CPU samples of $name, by Perfetto's own trace processor",
  ({ path }) => {
    test.each(["callstack", "annotation", "none"] as const)(
      "are those of full detail if lean, also past a limit, with stacks of slices as %s",
      async (stacks) => {
        const all = await samplesOf(await converted(path, "pftrace", "full", { stacks }));
        expect(all.length).toBeGreaterThan(10);
        expect(await samplesOf(await converted(path, "pftrace", "lean", { stacks }))).toEqual(all);
        const limit = { events: 1, goroutines: 1 };
        expect(await samplesOf(await converted(path, "pftrace", "full", { stacks, limit }))).toEqual(all);
      },
    );

    test("are left out if not asked for", async () => {
      expect(await samplesOf(await converted(path, "pftrace", "lean", { tracks: ["gc"] }))).toEqual([]);
    });

    test("a lean file says what is left out, why, and how to get it", async () => {
      const { bytes, omissions } = await converted(path, "pftrace", "lean", {
        whyLean: tooLarge("pftrace", 6e6 + 1),
      });
      const [{ text } = { text: "" }] = omissions;
      expect(text).toMatch(
        /^slices, stacks and arrows are left out, as the trace has more than 6 MB: --detail full .*--split auto/,
      );
      const tp = await TraceProcessor.load(bytes);
      expect(tp.query(OMITTED)).toEqual([{ text }]);
      expect(tp.query<{ name: string }>(NOTES).map(({ name }) => name)).toContain(text);
      tp.close();
    });
  },
);

describe.each(TRACES)("CPU samples of $name in JSON", ({ path }) => {
  test("are those of full detail if lean, also past a limit, with their stacks", async () => {
    const all = jsonSamples(await converted(path, "json", "full"));
    expect(all.length).toBeGreaterThan(10);
    expect(all.filter((each) => !each.includes("<"))).toEqual([]);
    expect(jsonSamples(await converted(path, "json", "lean"))).toEqual(all);
    const limit = { events: 1, goroutines: 1 };
    expect(jsonSamples(await converted(path, "json", "full", { limit }))).toEqual(all);
  });

  test("a lean file says what is left out, why, and how to get it", async () => {
    const { bytes, omissions } = await converted(path, "json", "lean", {
      whyLean: tooLarge("json", 1.4e6 + 1),
    });
    const { otherData } = JSON.parse(Buffer.from(bytes).toString("utf8"));
    expect(otherData["left out"]).toEqual(omissions.map(({ text }) => text));
    expect(otherData["left out"][0]).toMatch(
      / are left out, as the trace has more than 1.4 MB: --detail full .*--split auto/,
    );
  });
});

test("there is no notice if nothing is left out, or lean was asked for", async () => {
  const path = TRACES[0]?.path as string;
  expect([tooLarge("pftrace", 6e6), tooLarge("json", 1.4e6)]).toEqual([undefined, undefined]);
  for (const detail of ["limited", "full", "lean"] as const)
    for (const format of ["pftrace", "json"] as const)
      expect((await converted(path, format, detail)).omissions).toEqual([]);
});
