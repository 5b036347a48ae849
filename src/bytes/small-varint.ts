/** Numbers below take at most four bytes and are put without a branch. */
export const SMALL_VARINT = 2 ** 28;

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
  const spread =
    (bits & 0x7f) | ((bits & 0x3f80) << 1) | ((bits & 0x1fc000) << 2) | ((bits & 0xfe00000) << 3);
  data.setInt32(position, spread | (MORE[length] as number), true);
  return position + length;
}
