import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { openTraceFile } from "../../../src/node.js";
import { openTrace } from "../../../src/order/open.js";
import { fixtureTraces, isFormat2 } from "../../support/corpus.js";
import { readRows } from "../../support/event-rows.js";
import { chunkedBytes } from "../../support/reading.js";

const second = readFileSync(fixtureTraces().find(({ name }) => name === "hello-go1.23")?.path ?? "");

const TRACES = fixtureTraces().filter(({ path }) => isFormat2(path));

describe("a trace behind another", () => {
  it.each(TRACES.filter(({ name }) => /^(hello|sync|manygens|syscalls)/.test(name)))(
    "is pointed at, and the first is given whole: $name",
    async ({ path }) => {
      const first = readFileSync(path);
      const expected = await readRows(await openTraceFile(path));
      for (const chunk of [7, 100, 1 << 20]) {
        const both = await readRows(await openTrace(chunkedBytes(Buffer.concat([first, second]), chunk)));
        expect(both.rows.difference(expected.rows)).toBeUndefined();
        expect([both.error?.code, both.error?.facts.offset]).toEqual(["second-trace", first.length]);
        expect(both.diagnostics).toEqual({ "lost-bytes": second.length });
        expect(both.generations.every(({ complete }) => complete)).toBe(true);
      }
    },
  );
});
