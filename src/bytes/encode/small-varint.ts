/** Numbers below take at most four bytes and are put without a branch. */
export const SMALL_VARINT = 2 ** 28;

const MAX_VARINT = 2 ** 63;
/** Says of four bytes that there are others behind them. */
export const FOUR_MORE = 0x80808080;

/** Length of a small number's varint by its count of leading zero bits. */
const LENGTH = Uint8Array.from({ length: 33 }, (_, zeros) => Math.max(1, Math.ceil((32 - zeros) / 7)));
/** By that length: the bits that say "there is another byte". */
const MORE = Int32Array.of(0, 0, 0x80, 0x8080, 0x808080);

/**
 * Puts the varint of a number below {@link SMALL_VARINT} at a position, behind which there must be room for four bytes;
 * gives the position behind it.
 *
 * How long the next varint is cannot be predicted, and a processor that predicts it wrong loses more time than
 * encoding takes. So four bytes are written, and as many count as the number needs.
 */
export function putSmallVarint(data: DataView, position: number, value: number): number {
  const bits = value | 0;
  const length = LENGTH[Math.clz32(bits)] as number;
  data.setInt32(position, spread(bits) | (MORE[length] as number), true);
  return position + length;
}

/** The bits of a small number in groups of seven, a byte for each. */
export function spread(bits: number): number {
  return (bits & 0x7f) | ((bits & 0x3f80) << 1) | ((bits & 0x1fc000) << 2) | ((bits & 0xfe00000) << 3);
}

/** Puts the varint of a number up to 2^53; there must be room for ten bytes. */
export function putNumber(data: DataView, position: number, value: number): number {
  return value < SMALL_VARINT ? putSmallVarint(data, position, value) : putLarge(data, position, value);
}

/** The same behind a tag of one byte: a field of protobuf, or the start of one that has a length. */
export function putField(data: DataView, position: number, tag: number, value: number): number {
  data.setUint8(position, tag);
  return putNumber(data, position + 1, value);
}

function putLarge(data: DataView, position: number, value: number): number {
  let at = position;
  // A damaged trace can have any time: what does not fit 64 bits is the most that does.
  let rest = Math.min(value, MAX_VARINT);
  while (rest >= SMALL_VARINT) {
    const high = Math.floor(rest / SMALL_VARINT);
    data.setInt32(at, spread(rest - high * SMALL_VARINT) | FOUR_MORE, true);
    at += 4;
    rest = high;
  }
  return putSmallVarint(data, at, rest);
}
