import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { goSourceWith } from "./go-tool.js";
import {
  isTimedV1,
  V1_EVENT_NAMES,
  V1_FORMATS,
  V1Encoder,
  V1TraceBuilder,
  v1Arguments,
  v1Type,
} from "./trace-v1-builder.js";

const PARSER = "src/internal/trace/internal/tracev1/parser.go";
const go = goSourceWith(PARSER, "the builder's table of events of format 1 against Go's");
const NEWEST = Math.max(...V1_FORMATS);

interface GoEvent {
  readonly name: string;
  readonly since: number;
  readonly args: number;
  /** What a comment says of older formats: arguments, and the format from which they are others. */
  readonly older?: { readonly args: number; readonly before: number };
}

/** The lines `EvName: {"Name", since, hasStack, []string{args}, …}, // remark` of Go's table. */
function goEvents(source: string): GoEvent[] {
  const line = /^\tEv\w+:\s+\{"(\w+)", (\d+), (true|false), \[\]string\{(.*?)\}.*?\},(?:\s*\/\/ (.*))?$/gm;
  return [...source.matchAll(line)].map(([, name = "", since, stack, list = "", remark]) => {
    const stacks = stack === "true" ? 1 : 0;
    const args = count(list) + stacks;
    const [, was] = /was \{(.*?)\}/.exec(remark ?? "") ?? [];
    if (was === undefined) return { name, since: Number(since), args };
    const [, low] = /(?:<= 1\.|before 1\.|in 1\.)(\d+)/.exec(remark ?? "") ?? [];
    // "in 1.5" is before 1.7, since there is no format 1.6; "<= 1.9" is before 1.10.
    const before = /in 1\.5/.test(remark ?? "") ? 7 : Number(low) + (/<=/.test(remark ?? "") ? 1 : 0);
    return { name, since: Number(since), args, older: { args: count(was) + stacks, before } };
  });
}

function count(list: string): number {
  return list.split(",").filter((text) => text.trim() !== "").length;
}

function argsIn(minor: number, name: string): number | undefined {
  return v1Arguments(minor, name)?.length;
}

describe.skipIf(go === undefined)("the table of events of format 1", () => {
  const source = go === undefined ? "" : readFileSync(join(go.root, PARSER), "utf8");
  const known = goEvents(source).filter(({ name }) => name !== "None");

  it("has Go's events", () => {
    expect(V1_EVENT_NAMES).toEqual(known.map(({ name }) => name));
    for (const [, name = "", type] of source.matchAll(/^\tEv(\w+)\s+EventType = (\d+) /gm)) {
      const renamed = name.replace(/^STW/, "GCSTW");
      if (V1_EVENT_NAMES.includes(renamed)) expect([name, v1Type(renamed)]).toEqual([name, Number(type)]);
    }
  });

  it.each(known.filter(({ name }) => name !== "String"))(
    "has Go's arguments: $name",
    ({ name, since, args, older }) => {
      expect(argsIn(NEWEST, name)).toBe(args);
      for (const minor of V1_FORMATS) {
        if (minor < since) expect(argsIn(minor, name)).toBeUndefined();
        else
          expect([minor, argsIn(minor, name)]).toEqual([
            minor,
            older && minor < older.before ? older.args : args,
          ]);
      }
    },
  );
});

describe("the bytes of format 1", () => {
  it("count arguments in the type byte, up to three with the time", () => {
    const encoder = new V1Encoder(11);
    expect([...encoder.event("ProcStop", 5)]).toEqual([6, 5]);
    expect([...encoder.event("GoStart", 5, 300, 2)]).toEqual([14 | (2 << 6), 5, 0xac, 2, 2]);
    expect([...encoder.event("GoUnblock", 5, 1, 2, 3)]).toEqual([21 | (3 << 6), 4, 5, 1, 2, 3]);
  });

  it("count them without the sequence number before Go 1.7", () => {
    const encoder = new V1Encoder(5);
    expect([...encoder.event("ProcStop", 1, 5)]).toEqual([6, 1, 5]);
    expect([...encoder.event("GoSysExit", 1, 5, 7, 8, 9)]).toEqual([29 | (3 << 6), 5, 1, 5, 7, 8, 9]);
    expect([...encoder.batch(0, 8, 9)]).toEqual([1 | (1 << 6), 0, 8, 9]);
    expect([...encoder.frequency(100)]).toEqual([2, 100, 0]);
    expect([...encoder.stack(4, [[77, 1, 2, 3]])]).toEqual([3 | (3 << 6), 3, 4, 1, 77]);
  });

  it("hold the text of a log behind it", () => {
    const log = new V1Encoder(21).log([1, 2, 3, 4], "hi");
    expect([...log]).toEqual([48 | (3 << 6), 4, 1, 2, 3, 4, 2, 0x68, 0x69]);
  });

  it("begin with a header of 16 bytes", () => {
    expect(Buffer.from(new V1TraceBuilder(5).bytes()).toString("latin1")).toBe("go 1.5 trace\0\0\0\0");
    expect(Buffer.from(new V1TraceBuilder(19).bytes()).toString("latin1")).toBe("go 1.19 trace\0\0\0");
  });

  it("are refused where the format has no such event", () => {
    expect(() => new V1Encoder(8).event("GCMarkAssistStart", 1, 0)).toThrow("1.8 has no GCMarkAssistStart");
    expect(() => new V1Encoder(9).event("GCSTWStart", 1, 0)).toThrow("0 arguments");
    expect(isTimedV1("Frequency")).toBe(false);
  });
});
