const encoder = new TextEncoder();
const MAX_VARINT = 2 ** 63;
/** Four bytes of a varint hold smaller numbers. */
const FOUR_BYTES = 2 ** 28;
/** Shorter texts have a length of one byte. */
const SHORT = 128;

/** An append-only byte buffer, for the encodings of the sinks' hot paths. */
export class ByteWriter {
  buffer: Uint8Array;
  /** The same memory, for writing several bytes at once. */
  data: DataView;
  length = 0;

  constructor(capacity = 1 << 12) {
    this.buffer = new Uint8Array(capacity);
    this.data = new DataView(this.buffer.buffer);
  }

  /** The written bytes, valid until the next write. */
  view(): Uint8Array {
    return this.buffer.subarray(0, this.length);
  }

  clear(): void {
    this.length = 0;
  }

  /** Ensures room for `count` more bytes. */
  reserve(count: number): void {
    if (this.length + count <= this.buffer.length) return;
    const larger = new Uint8Array(Math.max(this.buffer.length * 2, this.length + count));
    larger.set(this.view());
    this.buffer = larger;
    this.data = new DataView(larger.buffer);
  }

  byte(value: number): void {
    this.reserve(1);
    this.buffer[this.length++] = value;
  }

  bytes(data: Uint8Array): void {
    this.reserve(data.length);
    if (data.length > 64) this.buffer.set(data, this.length);
    // A call of set() takes longer than a few byte writes.
    else for (let i = 0; i < data.length; i++) this.buffer[this.length + i] = data[i] as number;
    this.length += data.length;
  }

  /** A protobuf field with the contents of another writer. */
  nestedWriter(tag: number, writer: ByteWriter): void {
    const { buffer, length } = writer;
    this.uvarint(tag);
    this.uvarint(length);
    this.reserve(length);
    if (length > 64) this.buffer.set(writer.view(), this.length);
    else for (let i = 0; i < length; i++) this.buffer[this.length + i] = buffer[i] as number;
    this.length += length;
  }

  /** An unsigned varint of a number up to 2^53. */
  uvarint(value: number): void {
    this.reserve(10);
    this.length = putVarint(this.buffer, this.length, value);
  }

  /** A signed number as a 64-bit two's complement varint, like protobuf's int64. */
  int64(value: number): void {
    if (value >= 0) this.uvarint(value);
    else this.bigUvarint(BigInt.asUintN(64, BigInt(value)));
  }

  bigUvarint(value: bigint): void {
    this.reserve(10);
    let rest = value;
    while (rest >= 0x80n) {
      this.buffer[this.length++] = Number(rest & 0x7fn) | 0x80;
      rest >>= 7n;
    }
    this.buffer[this.length++] = Number(rest);
  }

  /** A protobuf field of bytes or a message: tag, length, contents. */
  nested(tag: number, data: Uint8Array): void {
    this.uvarint(tag);
    this.uvarint(data.length);
    this.bytes(data);
  }

  /** UTF-8 text after its length. */
  text(text: string): void {
    if (text.length < SHORT && this.#shortAscii(text)) return;
    const bytes = encoder.encode(text);
    this.uvarint(bytes.length);
    this.bytes(bytes);
  }

  /**
   * Writes a short text of one-byte characters, because a call of the encoder takes longer. Returns whether
   * it could.
   */
  #shortAscii(text: string): boolean {
    const { length } = text;
    this.reserve(length + 1);
    const { buffer } = this;
    const start = this.length + 1;
    for (let i = 0; i < length; i++) {
      const code = text.charCodeAt(i);
      if (code >= 0x80) return false;
      buffer[start + i] = code;
    }
    buffer[start - 1] = length;
    this.length = start + length;
    return true;
  }
}

/** Writes a varint of a number up to 2^53 at a position. Returns the position after it. */
export function putVarint(bytes: Uint8Array, position: number, value: number): number {
  let at = position;
  let rest = value;
  // A damaged trace can have any time. Times beyond 64 bits become the largest value.
  if (rest > MAX_VARINT) rest = MAX_VARINT;
  while (rest >= FOUR_BYTES) {
    const high = Math.floor(rest / FOUR_BYTES);
    const four = (rest - high * FOUR_BYTES) | 0;
    bytes[at] = four | 0x80;
    bytes[at + 1] = (four >>> 7) | 0x80;
    bytes[at + 2] = (four >>> 14) | 0x80;
    bytes[at + 3] = (four >>> 21) | 0x80;
    at += 4;
    rest = high;
  }
  let low = rest | 0;
  while (low >= 0x80) {
    bytes[at++] = (low & 0x7f) | 0x80;
    low >>>= 7;
  }
  bytes[at++] = low;
  return at;
}

/** Varint length of a number up to 2^53, in bytes. */
export function varintLength(value: number): number {
  let length = 1;
  let rest = Math.min(value, MAX_VARINT);
  for (; rest >= FOUR_BYTES; rest = Math.floor(rest / FOUR_BYTES)) length += 4;
  for (let low = rest | 0; low >= 128; low >>>= 7) length++;
  return length;
}
