import { statSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { openTraceFile } from "../../src/node.js";
import { convert } from "../../src/sink/convert.js";
import { createGoSink, keptOf } from "../../src/sink/create-sink.js";
import { NeedsRepair } from "../../src/sink/intact.js";
import { TRACE_FORMATS, type TraceFormat } from "../../src/wire/format.js";
import { fixture } from "../cli/command.js";
import { fuzzTraces, goTests, invalidTraces, isFormat2, validTraces } from "../support/corpus.js";

/** Whether the bytes of a trace may be what is written of it. */
async function isCopied(path: string): Promise<boolean> {
  const trace = await openTraceFile(path);
  const kept = keptOf(trace.format, {});
  expect(kept).toBe("bytes");
  try {
    await convert(trace, await createGoSink(trace.format, {}, kept), { write: () => {}, intact: true });
    return true;
  } catch (error) {
    if (!(error instanceof NeedsRepair)) throw error;
    return false;
  }
}

/** Larger ones are no other. */
const LARGEST = 1_000_000;

const known = [...goTests(), ...fuzzTraces(), ...invalidTraces()].filter(
  ({ path, expect: { readerRc, size } }) => readerRc !== 1 && size < LARGEST && isFormat2(path),
);

test("what is kept of an intact trace depends on what is to change", () => {
  const format = (minor: number) => TRACE_FORMATS.find((format) => format.minor === minor) as TraceFormat;
  expect([keptOf(format(23), {}), keptOf(format(23), { minor: 23 })]).toEqual(["bytes", "bytes"]);
  for (const changes of [{ minor: 25 }, { slim: true }, { renamed: true }])
    expect(keptOf(format(23), changes)).toBe("timestamps");
  expect([keptOf(format(23), { minor: 22 }), keptOf(format(21), {})]).toEqual([undefined, undefined]);
});

describe("an intact trace, which is copied,", () => {
  test("is one that Go's own reader takes to its end", { tags: ["long"] }, async () => {
    const copied: string[] = [];
    for (const { name, path, expect } of known) {
      if (await isCopied(path)) copied.push(`${name}: ${expect.readError ?? "taken"}`);
    }
    expect(copied.filter((name) => !name.endsWith(": taken"))).toEqual([]);
    expect(copied.length).toBeGreaterThan(10);
  });

  test("has no region that ends out of turn", async () => {
    expect(await isCopied(fixture("field/b_crossing.trace"))).toBe(false);
  });

  test("is every one that is neither cut nor damaged", async () => {
    const whole = validTraces().filter(
      ({ path, cut }) => cut === undefined && isFormat2(path) && statSync(path).size < LARGEST,
    );
    const mended: string[] = [];
    for (const { name, path } of whole) if (!(await isCopied(path))) mended.push(name);
    expect(mended).toEqual([]);
  });
});
