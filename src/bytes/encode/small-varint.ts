/** Smaller numbers take at most four bytes and are written without a branch. */
export const SMALL_VARINT = 2 ** 28;

const MAX_VARINT = 2 ** 63;
/** Marks four bytes as followed by more. */
export const FOUR_MORE = 0x80808080;

/** Length of a small number's varint by its count of leading zero bits. */
const LENGTH = Uint8Array.from({ length: 33 }, (_, zeros) => Math.max(1, Math.ceil((32 - zeros) / 7)));
/** By that length: the bits that mean "another byte follows". */
const MORE = Int32Array.of(0, 0, 0x80, 0x8080, 0x808080);

/**
 * Writes the varint of a number below {@link SMALL_VARINT} at a position. Returns the position after it. Four
 * bytes of room are required.
 *
 * The length of the next varint is unpredictable, and a branch misprediction takes longer than the encoding.
 * So it always writes four bytes, and counts as many as the number needs.
 */
export function putSmallVarint(data: DataView, position: number, value: number): number {
  const bits = value | 0;
  const length = LENGTH[Math.clz32(bits)] as number;
  data.setInt32(position, spread(bits) | (MORE[length] as number), true);
  return position + length;
}

/** The bits of a small number in groups of seven, one per byte. */
export function spread(bits: number): number {
  return (bits & 0x7f) | ((bits & 0x3f80) << 1) | ((bits & 0x1fc000) << 2) | ((bits & 0xfe00000) << 3);
}

/** Writes the varint of a number up to 2^53. Ten bytes of room are required. */
export function putNumber(data: DataView, position: number, value: number): number {
  return value < SMALL_VARINT ? putSmallVarint(data, position, value) : putLarge(data, position, value);
}

/** The same after a one-byte tag: a protobuf field, or the start of a length-delimited one. */
export function putField(data: DataView, position: number, tag: number, value: number): number {
  data.setUint8(position, tag);
  return putNumber(data, position + 1, value);
}

function putLarge(data: DataView, position: number, value: number): number {
  let at = position;
  // A damaged trace can have any time. Times beyond 64 bits become the largest value.
  let rest = Math.min(value, MAX_VARINT);
  while (rest >= SMALL_VARINT) {
    const high = Math.floor(rest / SMALL_VARINT);
    data.setInt32(at, spread(rest - high * SMALL_VARINT) | FOUR_MORE, true);
    at += 4;
    rest = high;
  }
  return putSmallVarint(data, at, rest);
}
