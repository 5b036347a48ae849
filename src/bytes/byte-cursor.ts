/** Bit of a varint byte: another byte follows. */
const MORE = 0x80;

/** Whole numbers below this are exact. */
const EXACT = 2 ** 53;

/** Thrown if the bytes end inside a value, or a varint is longer than 64 bits. Callers add the place. */
export class MalformedBytes extends Error {
  override readonly name = "MalformedBytes";
}

/** Reads unsigned varints from a range of bytes. The buffer is pure data; the cursor holds the position. */
export class ByteCursor {
  /**
   * The low and high half of the last varint. They are exact even where the returned number is rounded (from
   * 2^53 on).
   */
  low = -0;
  high = -0;

  constructor(
    public bytes: Uint8Array,
    public position: number,
    public end: number,
  ) {}

  /** Switches to another range. */
  reset(bytes: Uint8Array, position: number, end: number): void {
    this.bytes = bytes;
    this.position = position;
    this.end = end;
  }

  get remaining(): number {
    return this.end - this.position;
  }

  byte(): number {
    if (this.position >= this.end) throw new MalformedBytes("unexpected end of data");
    return this.bytes[this.position++] as number;
  }

  /**
   * Reads an unsigned varint of at most 64 bits. From 2^53 on the result is rounded to a double; `low` and
   * `high` are exact.
   */
  uvarint(): number {
    const { bytes, position } = this;
    // Very many varints have one byte.
    const byte = bytes[position] as number;
    if (byte < 0x80 && position < this.end) {
      this.position = position + 1;
      this.low = byte;
      this.high = 0;
      return byte;
    }
    return this.#long();
  }

  #long(): number {
    let low = 0;
    let high = 0;
    for (let shift = 0; ; shift += 7) {
      const byte = this.byte();
      if (shift === 63 && byte > 1) throw new MalformedBytes("varint longer than 64 bits");
      const bits = byte & 0x7f;
      if (shift < 28) low |= bits << shift;
      else if (shift === 28) {
        low |= bits << 28;
        high = bits >>> 4;
      } else high |= bits << (shift - 32);
      if (byte < 0x80) break;
    }
    this.low = low >>> 0;
    this.high = high >>> 0;
    return this.high * 2 ** 32 + this.low;
  }

  /** Reads a varint that holds an id. All 64 bits set mean "none" (−1). */
  id(): number {
    const value = this.uvarint();
    return this.high === 0xffffffff && this.low === 0xffffffff ? -1 : value;
  }

  /**
   * Decodes consecutive varints. Those of one to three bytes, nearly all, are decoded inline.
   * @param ids bit `i` is set if value `i` is an {@link id}
   * @returns whether any may exceed three bytes
   */
  uvarints(values: Float64Array, count: number, ids: number): boolean {
    const { bytes, end } = this;
    let { position } = this;
    let isLong = false;
    for (let i = 0; i < count; i++) {
      let byte = position + 2 < end ? (bytes[position] as number) : MORE;
      let value = byte & 0x7f;
      let next = position + 1;
      if (byte >= MORE && next + 1 < end) {
        byte = bytes[next++] as number;
        value |= (byte & 0x7f) << 7;
        if (byte >= MORE) {
          byte = bytes[next++] as number;
          value |= (byte & 0x7f) << 14;
        }
      }
      if (byte < MORE) position = next;
      else {
        isLong = true;
        this.position = position;
        value = (ids >> i) & 1 ? this.id() : this.uvarint();
        position = this.position;
      }
      values[i] = value;
    }
    this.position = position;
    return isLong;
  }

  /** The last varint minus the returned number: 0 below 2^53. */
  beyond(value: number): number {
    return value < EXACT ? 0 : Number(this.exact() - BigInt(value));
  }

  /** The exact last varint. */
  exact(): bigint {
    return (BigInt(this.high) << 32n) | BigInt(this.low);
  }

  /** Skips the next `length` bytes. Returns where they start. */
  skip(length: number): number {
    if (length > this.remaining) throw new MalformedBytes("unexpected end of data");
    const start = this.position;
    this.position += length;
    return start;
  }

  /** A view of the next `length` bytes. */
  take(length: number): Uint8Array {
    const start = this.skip(length);
    return this.bytes.subarray(start, start + length);
  }
}
