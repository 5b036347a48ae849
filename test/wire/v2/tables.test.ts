import { describe, expect, it } from "vitest";
import { TraceError } from "../../../src/base/errors.js";
import { ByteCursor, MalformedBytes } from "../../../src/bytes/byte-cursor.js";
import { IdMap } from "../../../src/wire/id-map.js";
import { WireStacks } from "../../../src/wire/stack-table.js";
import { WireStrings } from "../../../src/wire/string-table.js";
import { readStacks, readStrings } from "../../../src/wire/v2/tables.js";
import fc from "../../support/properties.js";
import { type Frame, wireBytes, wireStack, wireString } from "../../support/trace-builder.js";

function cursor(...parts: readonly Uint8Array[]): ByteCursor {
  const bytes = new Uint8Array(Buffer.concat(parts));
  return new ByteCursor(bytes, 0, bytes.length);
}

function strings(...entries: readonly Uint8Array[]): WireStrings {
  const table = new WireStrings();
  readStrings(cursor(...entries), table);
  return table;
}

function stacks(names: WireStrings, ...entries: readonly Uint8Array[]): WireStacks {
  const table = new WireStacks(names);
  readStacks(cursor(...entries), table);
  return table;
}

/** The message of the error that reading a table throws. */
function refusal(read: () => void): string {
  try {
    read();
  } catch (error) {
    if (error instanceof TraceError && error.code === "malformed-table") return error.message;
    throw error;
  }
  throw new Error("nothing was thrown");
}

const NAMES = strings(wireString(1, "main.main"), wireString(2, "main.go"), wireString(3, "main.f"));
const frame = (pc: number | bigint, line = 7): Frame => [pc, 1, 2, line];

describe("the table of strings", () => {
  it("gives texts by index, and indices by id", () => {
    const table = strings(wireString(5, "façade"), wireString(2, ""), wireString(9, "x".repeat(1024)));
    expect(table.length).toBe(4);
    expect([5, 2, 9].map((id) => table.text(table.ids.get(id)))).toEqual(["façade", "", "x".repeat(1024)]);
    expect(table.text(0)).toBe("");
    expect(table.text(table.ids.get(0))).toBe("");
    expect(table.ids.get(3)).toBe(-1);
    expect([table.text(-1), table.text(4), table.text(1e9)]).toEqual(["", "", ""]);
  });

  it("holds as many as there are", () => {
    const texts = Array.from({ length: 3000 }, (_, i) => `${i} `.repeat(i % 50));
    const table = strings(...texts.map((text, i) => wireString(i + 1, text)));
    expect(texts.map((_, i) => table.text(table.ids.get(i + 1)))).toEqual(texts);
  });

  it("shows bytes that are no UTF-8 in hex", () => {
    expect(strings(wireString(1, Uint8Array.of(0x61, 0xff, 0xc3, 0x28))).text(1)).toBe("a\\xff\\xc3(");
  });

  it("takes texts that are not from the trace, each once", () => {
    const table = strings(wireString(1, "one"));
    const index = table.indexOf("a task from earlier");
    expect(table.text(index)).toBe("a task from earlier");
    expect(table.indexOf("a task from earlier")).toBe(index);
    expect(table.indexOf("")).toBe(0);
    readStrings(cursor(wireString(2, "two")), table);
    expect([table.text(table.ids.get(1)), table.text(table.ids.get(2))]).toEqual(["one", "two"]);
    expect(table.text(index)).toBe("a task from earlier");
  });

  it("takes ids of any size without memory for those between", () => {
    const ids = [1, 2 ** 20, 2 ** 31, 2 ** 40, 2n ** 53n, 2n ** 64n - 1n];
    const table = strings(...ids.map((id, i) => wireString(id, `text ${i}`)));
    expect(ids.map((id) => table.text(table.ids.get(Number(id))))).toEqual(ids.map((_, i) => `text ${i}`));
    expect(table.ids.dense.length).toBeLessThan(1 << 12);
  });

  it("refuses strings that are too long before anything is allocated for them", () => {
    expect(refusal(() => strings(wireBytes("String", 1, 1025)))).toContain("1025 bytes");
    expect(refusal(() => strings(wireBytes("String", 1, 2n ** 63n)))).toContain("bytes");
  });

  it("refuses a second string of the same id, and what is no string", () => {
    expect(refusal(() => strings(wireString(1, "a"), wireString(1, "a")))).toContain("two strings");
    expect(refusal(() => strings(wireStack(1, [])))).toContain("expected a string");
  });

  it("keeps what stands before a string that is cut", () => {
    const whole = cursor(wireString(1, "whole"), wireString(2, "cut off"));
    const table = new WireStrings();
    const cut = new ByteCursor(whole.bytes, 0, whole.end - 2);
    expect(() => readStrings(cut, table)).toThrow(MalformedBytes);
    expect(table.text(table.ids.get(1))).toBe("whole");
    expect(table.ids.get(2)).toBe(-1);
  });
});

describe("the table of stacks", () => {
  it("gives frames by index, from the innermost to the outermost", () => {
    const table = stacks(NAMES, wireStack(4, [[0x10, 3, 2, 5], frame(0x20)]), wireStack(6, []));
    const index = table.ids.get(4);
    expect(table.frames(index)).toEqual([
      { pc: 0x10n, func: "main.f", file: "main.go", line: 5 },
      { pc: 0x20n, func: "main.main", file: "main.go", line: 7 },
    ]);
    expect(table.frames(index)).toBe(table.frames(index));
    expect(table.startFunction(index)).toBe("main.main");
    expect(table.frames(table.ids.get(6))).toEqual([]);
    expect([table.frames(0), table.frames(99), table.startFunction(0)]).toEqual([[], [], ""]);
    expect(table.length).toBe(3);
  });

  it("tells PCs apart that are the same as doubles", () => {
    const pcs = [2n ** 53n, 2n ** 53n + 1n, 2n ** 64n - 1n, 2n ** 64n - 2n];
    const table = stacks(NAMES, ...pcs.map((pc, i) => wireStack(i + 1, [frame(pc, i)])));
    const frames = pcs.map((_, i) => table.frames(table.ids.get(i + 1))[0]);
    expect(frames.map((each) => each?.pc)).toEqual(pcs);
    expect(frames.map((each) => each?.line)).toEqual([0, 1, 2, 3]);
  });

  it("has a frame for a PC once, as its first stack gives it", () => {
    const table = stacks(NAMES, wireStack(1, [frame(0x10, 5)]), wireStack(2, [frame(0x10, 6)]));
    expect(table.frames(table.ids.get(2))).toEqual(table.frames(table.ids.get(1)));
  });

  it("takes 128 frames, and refuses more before it looks for them", () => {
    const deepest = Array.from({ length: 128 }, (_, i) => frame(i + 1));
    const table = stacks(NAMES, wireStack(2n ** 60n, deepest));
    expect(table.frames(table.ids.get(2 ** 60))).toHaveLength(128);
    expect(refusal(() => stacks(NAMES, wireBytes("Stack", 1, 129)))).toContain("129 frames");
    expect(refusal(() => stacks(NAMES, wireBytes("Stack", 1, 2n ** 64n - 1n)))).toContain("frames");
  });

  it("refuses a second stack of the same id, and what is no stack", () => {
    expect(refusal(() => stacks(NAMES, wireStack(1, []), wireStack(1, [])))).toContain("two stacks");
    expect(refusal(() => stacks(NAMES, wireString(1, "a")))).toContain("expected a stack");
  });

  it("is valid only with all its names", () => {
    const table = stacks(NAMES, wireStack(1, [frame(1)]), wireStack(2, [[2, 1, 77, 3]]));
    expect(refusal(() => table.validate())).toContain("string 77");
    expect(() => stacks(NAMES, wireStack(1, [[2, 0, 2, 3]])).validate()).not.toThrow();
  });
});

describe("a map of a table's ids", () => {
  const ids = fc.oneof(fc.nat({ max: 300 }), fc.nat(), fc.constantFrom(2 ** 20, 2 ** 53, 2 ** 64));

  it("is a map", () => {
    fc.assert(
      fc.property(fc.array(ids, { maxLength: 200 }), (added) => {
        const map = new IdMap();
        const model = new Map<number, number>([[0, 0]]);
        added.forEach((id, i) => {
          expect(map.add(id, i + 1)).toBe(!model.has(id));
          if (!model.has(id)) model.set(id, i + 1);
        });
        for (const [id, index] of model) expect(map.get(id)).toBe(index);
        expect(map.get(added.length === 0 ? 1 : -1)).toBe(-1);
      }),
    );
  });
});
