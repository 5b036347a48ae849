import { describe, expect, it } from "vitest";
import { MalformedBytes } from "../../../src/bytes/byte-cursor.js";
import { EventBounds, INCOMPLETE } from "../../../src/wire/v1/event-bounds.js";
import { EventForms } from "../../../src/wire/v1/event-forms.js";
import { EventReader } from "../../../src/wire/v1/event-reader.js";
import { smallVarints } from "../../../src/wire/v1/small-varints.js";
import { WIRE_EVENTS, wireArgs } from "../../../src/wire/v1/spec.js";
import { V1_FORMATS, V1Encoder } from "../../support/trace-v1-builder.js";

const PADDING = 64;
/** Varints of one to five bytes. */
const NUMBERS = [5, 300, 70_000, 3_000_000, 2 ** 33];

interface Known {
  readonly type: number;
  readonly delta: number;
  readonly args: readonly number[];
  readonly bytes: Uint8Array;
}

/** One event of each timed type that a format has. */
function eventsOf(minor: number): Known[] {
  const encoder = new V1Encoder(minor);
  return WIRE_EVENTS.flatMap(({ name, type, timed }, i) => {
    const kinds = wireArgs(type, minor);
    if (!timed || kinds === undefined || name === "CPUSample") return [];
    const number = (at: number) => NUMBERS[(i + at) % NUMBERS.length] as number;
    const args = kinds.map((_, at) => number(at));
    const delta = number(args.length);
    const leading = minor < 7 ? [1, delta] : [delta];
    const encoded = encoder.raw(type, [...leading, ...args]);
    const bytes = name === "UserLog" ? Uint8Array.of(...encoded, 2, 0x68, 0x69) : encoded;
    return [{ type, delta, args, bytes }];
  });
}

/** Bytes with the room behind them that segments have. */
function padded(parts: readonly Uint8Array[]): { bytes: Uint8Array; length: number } {
  const length = parts.reduce((sum, part) => sum + part.length, 0);
  const bytes = new Uint8Array(length + PADDING);
  bytes.set(Buffer.concat(parts));
  return { bytes, length };
}

describe.each(V1_FORMATS)("events of format 1.%i", (minor) => {
  const events = eventsOf(minor);
  const forms = new EventForms(minor);
  const encoder = new V1Encoder(minor);

  it("are read one after the other, over what stands between", () => {
    const between = [encoder.stack(1, [[7, 0, 0, 0]]), encoder.frequency(1e9)];
    if (minor >= 7) between.push(encoder.string(4, "text"));
    const { bytes, length } = padded(events.flatMap((event) => [event.bytes, ...between]));
    const reader = new EventReader(forms);
    reader.reset(bytes, 0, length);
    reader.time = 1000;
    reader.sequence = 20;
    let time = 1000;
    for (const [i, { type, delta, args }] of events.entries()) {
      time += delta;
      expect(reader.next()).toBe(true);
      expect([reader.type, reader.time]).toEqual([type, time]);
      expect([...reader.args.subarray(0, args.length)]).toEqual(args);
      if (minor < 7) expect(reader.sequence).toBe(21 + i);
    }
    expect(reader.next()).toBe(false);
  });

  it("end where they should, and nowhere if they are not whole", () => {
    const bounds = new EventBounds(forms);
    for (const { bytes } of events) {
      expect(bounds.endOf(bytes, 0, bytes.length)).toBe(bytes.length);
      for (let end = 1; end < bytes.length; end++) expect(bounds.endOf(bytes, 0, end)).toBe(INCOMPLETE);
    }
  });

  it("are refused with an argument too many or too few", () => {
    const bounds = new EventBounds(forms);
    for (const { type, args } of events) {
      for (const count of [args.length + 1, args.length - 1].filter((count) => count >= 0)) {
        const leading = minor < 7 ? 2 : 1;
        const bytes = encoder.raw(type, new Array(count + leading).fill(1));
        expect(() => bounds.endOf(bytes, 0, bytes.length)).toThrow(MalformedBytes);
      }
    }
  });
});

describe("a difference of times", () => {
  it("may be negative", () => {
    const { bytes, length } = padded([new V1Encoder(21).raw(6, [2n ** 64n - 5n])]);
    const reader = new EventReader(new EventForms(21));
    reader.reset(bytes, 0, length);
    reader.time = 100;
    expect([reader.next(), reader.time]).toEqual([true, 95]);
  });
});

describe("small varints", () => {
  it("are read up to four bytes, and longer ones are not", () => {
    const numbers = [0, 127, 128, 2 ** 14 - 1, 2 ** 14, 2 ** 21 - 1, 2 ** 21, 2 ** 28 - 1];
    const { bytes, length } = padded([new V1Encoder(21).raw(0, numbers)]);
    const values = new Int32Array(numbers.length);
    // Before them are the type and the length.
    expect(smallVarints(bytes, 2, numbers.length, values)).toBe(length);
    expect([...values]).toEqual(numbers);
    const long = padded([new V1Encoder(21).raw(0, [1, 2 ** 28])]).bytes;
    expect(smallVarints(long, 1, 1, values)).toBe(2);
    expect(smallVarints(long, 1, 2, values)).toBe(-1);
  });
});
