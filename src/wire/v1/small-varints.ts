/** Bit of a varint byte: another byte follows. */
const MORE = 0x80;

/**
 * Decodes varints of at most four bytes each, as nearly all are.
 * @param bytes with room after the end for what looks like one more event
 * @returns the position after them, or −1 if one is longer
 */
export function smallVarints(bytes: Uint8Array, start: number, count: number, values: Int32Array): number {
  let at = start;
  for (let i = 0; i < count; i++) {
    let byte = bytes[at++] as number;
    let value = byte;
    if (byte >= MORE) {
      byte = bytes[at++] as number;
      value = (value & 0x7f) | ((byte & 0x7f) << 7);
      if (byte >= MORE) {
        byte = bytes[at++] as number;
        value |= (byte & 0x7f) << 14;
        if (byte >= MORE) {
          byte = bytes[at++] as number;
          value |= byte << 21;
          if (byte >= MORE) return -1;
        }
      }
    }
    values[i] = value;
  }
  return at;
}
