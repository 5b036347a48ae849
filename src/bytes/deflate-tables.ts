/** The symbol that ends a block. Those below are literals, those above begin a repetition (RFC 1951, 3.2.5). */
export const END_OF_BLOCK = 256;

/** Least length of a repetition by its symbol, counted from the first behind {@link END_OF_BLOCK}. */
export const LENGTH_BASE = Uint16Array.of(
  ...[3, 4, 5, 6, 7, 8, 9, 10, 11, 13, 15, 17, 19, 23, 27, 31],
  ...[35, 43, 51, 59, 67, 83, 99, 115, 131, 163, 195, 227, 258],
);
/** Bits behind the symbol that are added to that. */
export const LENGTH_EXTRA = Uint8Array.of(
  ...[0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 2, 2, 3, 3, 3, 3, 4, 4, 4, 4, 5, 5, 5, 5, 0],
);
/** Bits behind a distance's symbol that are added to its least distance. */
export const DISTANCE_EXTRA = Uint8Array.from({ length: 30 }, (_, i) => Math.max(0, (i >> 1) - 1));
/** Least distance by its symbol. */
export const DISTANCE_BASE = Uint16Array.from(DISTANCE_EXTRA, (extra, i) =>
  i < 2 ? i + 1 : 1 + ((2 + (i & 1)) << extra),
);
/** The order in which a block's header gives the lengths of the codes in which it writes lengths. */
export const CODE_ORDER = [16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15];
