export function concat(parts: readonly Uint8Array[]): Uint8Array {
  const all = new Uint8Array(parts.reduce((length, part) => length + part.length, 0));
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return all;
}

function varint(value: number): Uint8Array {
  const bytes: number[] = [];
  let rest = value;
  for (; rest > 0x7f; rest >>>= 7) bytes.push((rest & 0x7f) | 0x80);
  bytes.push(rest);
  return Uint8Array.from(bytes);
}

export function varintField(field: number, value: number): Uint8Array {
  return concat([varint(field << 3), varint(value)]);
}

export function lengthDelimited(field: number, bytes: Uint8Array): Uint8Array {
  return concat([varint((field << 3) | 2), varint(bytes.length), bytes]);
}

/** The length-delimited fields of one message; all that the engine's answers need are of that kind. */
export class ProtoFields {
  readonly #fields: { readonly field: number; readonly value: Uint8Array }[] = [];

  constructor(message: Uint8Array) {
    const cursor = new Cursor(message);
    while (!cursor.done) {
      const tag = Number(cursor.integer());
      if ((tag & 7) === 0) cursor.integer();
      else this.#fields.push({ field: tag >>> 3, value: cursor.take(lengthByWireType(cursor, tag & 7)) });
    }
  }

  all(field: number): Uint8Array[] {
    return this.#fields.filter((entry) => entry.field === field).map((entry) => entry.value);
  }

  bytes(field: number): Uint8Array {
    return concat(this.all(field));
  }

  messages(field: number): ProtoFields[] {
    return this.all(field).map((bytes) => new ProtoFields(bytes));
  }

  strings(field: number): string[] {
    return this.all(field).map((bytes) => new TextDecoder().decode(bytes));
  }

  string(field: number): string {
    return new TextDecoder().decode(this.bytes(field));
  }

  packedIntegers(field: number): (number | bigint)[] {
    const cursor = new Cursor(this.bytes(field));
    const values: (number | bigint)[] = [];
    while (!cursor.done) values.push(cursor.integer());
    return values;
  }

  packedDoubles(field: number): number[] {
    const bytes = this.bytes(field);
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
    return Array.from({ length: bytes.length / 8 }, (_, i) => view.getFloat64(i * 8, true));
  }
}

function lengthByWireType(cursor: Cursor, wireType: number): number {
  if (wireType === 2) return Number(cursor.integer());
  if (wireType === 1) return 8;
  if (wireType === 5) return 4;
  throw new Error(`the trace processor answered with wire type ${wireType}`);
}

class Cursor {
  #at = 0;

  constructor(private readonly bytes: Uint8Array) {}

  get done(): boolean {
    return this.#at >= this.bytes.length;
  }

  take(length: number): Uint8Array {
    const end = this.#at + length;
    if (end > this.bytes.length) throw new Error("the trace processor's answer is cut short");
    const taken = this.bytes.subarray(this.#at, end);
    this.#at = end;
    return taken;
  }

  /** A varint as a signed 64-bit integer. */
  integer(): number | bigint {
    let value = 0;
    for (let scale = 1; scale < 2 ** 49; scale *= 128) {
      const byte = this.#byte();
      value += (byte & 0x7f) * scale;
      if (byte < 0x80) return value;
    }
    return this.#longInteger(BigInt(value));
  }

  #longInteger(low49: bigint): number | bigint {
    let value = low49;
    for (let shift = 49n; shift < 70n; shift += 7n) {
      const byte = this.#byte();
      value |= BigInt(byte & 0x7f) << shift;
      if (byte < 0x80) return exactNumber(BigInt.asIntN(64, value));
    }
    throw new Error("the trace processor answered with a varint of more than ten bytes");
  }

  #byte(): number {
    const byte = this.bytes[this.#at++];
    if (byte === undefined) throw new Error("the trace processor's answer is cut short");
    return byte;
  }
}

function exactNumber(value: bigint): number | bigint {
  const number = Number(value);
  return Number.isSafeInteger(number) ? number : value;
}
