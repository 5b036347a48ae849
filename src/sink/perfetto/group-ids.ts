/**
 * The highest process id. Thread ids must not equal process ids, because a process has the id of its main
 * thread.
 */
const HIGHEST = 2 ** 31 - 2;
/** Colours in the UI's palette. */
const COLORS = 18;
const GRAY = 16;
/** The other colours, in an order that makes successive groups look different. */
const ORDER = [5, 14, 9, 2, 12, 8, 1, 10, 4, 13, 7, 0, 3, 11, 15, 6, 17];

/** By colour: the ids that the UI paints in it, highest first, as far as they were needed. Finding one takes long. */
const IDS: readonly number[][] = Array.from({ length: COLORS }, () => []);

/**
 * Hands out process ids for groups of goroutines. The UI computes a group's colour from its process id, and gives most
 * ids that are close together the same one. These ids are chosen so that neighbours differ.
 */
export class GroupIds {
  /** By colour: how many ids were handed out. */
  readonly #used = new Int32Array(COLORS);
  #groups = 0;

  /** The colour of a new group. @param isBackground whether it is gray */
  color(isBackground: boolean): number {
    return isBackground ? GRAY : (ORDER[this.#groups++ % ORDER.length] as number);
  }

  /** An id that the UI paints in a colour. */
  next(color: number): number {
    const ids = IDS[color] as number[];
    const used = this.#used[color] as number;
    this.#used[color] = used + 1;
    if (used === ids.length) ids.push(idBelow(ids.at(-1) ?? HIGHEST + 1, color));
    return ids[used] as number;
  }
}

function idBelow(above: number, color: number): number {
  let id = above - 1;
  while (colorOf(id) !== color) id--;
  return id;
}

/** The place in its palette that the UI computes for a process id: a hash of its digits, rounded as JavaScript does. */
export function colorOf(id: number): number {
  let hash = 0x11c9dc5;
  for (const digit of String(id)) hash = ((hash ^ digit.charCodeAt(0)) * 0x1000193) | 0;
  return Math.abs(hash) % COLORS;
}
