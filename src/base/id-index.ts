/** Initial capacity in slots. */
const ROOM = 16;
const PAGE_BITS = 10;
const PAGE_SIZE = 1 << PAGE_BITS;
const PAGE_MASK = PAGE_SIZE - 1;
/**
 * Ids up to here use the page table, the (very rare) others a Map. The ordering's fast loop takes no larger
 * ids. The table of pages is as long as the largest id requires.
 */
const PAGED_LIMIT = 2 ** 28;
/**
 * Pages of four kilobytes that are always allowed, and ids required per further page. Ids that are far apart
 * go into the Map too.
 */
const FREE_PAGES = 1024;
const IDS_PER_PAGE = 8;

/**
 * Maps ids to small dense slots, so that the state of goroutines and Ps fits into typed arrays. Slots of
 * removed ids are reused: the number of slots follows the live ids, not all ids ever.
 *
 * A page table is several times faster here than a Map. Empty pages are released, because goroutine ids only
 * grow.
 */
export class IdIndex {
  /** Slot + 1 of each id by page; 0 is "absent". The ordering loop reads it directly. */
  readonly pages: Int32Array[] = [];
  /** The id in each slot, −1 in free ones. */
  ids = new Float64Array(ROOM);
  #used: number[] = [];
  #large = new Map<number, number>();
  #free: number[] = [];
  #spare: Int32Array[] = [];
  /** Pages that have a live id. */
  #pageCount = 0;
  #top = 0;
  #size = 0;

  /** Number of live ids. */
  get size(): number {
    return this.#size;
  }

  /** One more than the highest slot ever used. */
  get slots(): number {
    return this.#top;
  }

  /** The id's slot, or −1. */
  get(id: number): number {
    if (id < PAGED_LIMIT && id >= 0) {
      const page = this.pages[id >>> PAGE_BITS];
      const slot = page === undefined ? -1 : (page[id & PAGE_MASK] as number) - 1;
      if (slot >= 0 || this.#large.size === 0) return slot;
    }
    return this.#large.get(id) ?? -1;
  }

  /** Assigns a slot to a new id. The id must not be present. */
  add(id: number): number {
    const slot = this.#free.pop() ?? this.#top++;
    if (slot === this.ids.length) this.#grow();
    this.ids[slot] = id;
    this.#size++;
    const page = id < PAGED_LIMIT && id >= 0 ? this.#page(id >>> PAGE_BITS) : undefined;
    if (page === undefined) this.#large.set(id, slot);
    else page[id & PAGE_MASK] = slot + 1;
    return slot;
  }

  /** Removes an id and frees its slot. */
  delete(id: number): void {
    const slot = this.get(id);
    if (slot < 0) return;
    this.ids[slot] = -1;
    this.#free.push(slot);
    this.#size--;
    if (this.#large.size === 0 || !this.#large.delete(id)) this.#clear(id);
  }

  /** Calls `visit` for every live id, in slot order. */
  forEach(visit: (id: number, slot: number) => void): void {
    for (let slot = 0; slot < this.#top; slot++) {
      const id = this.ids[slot] as number;
      if (this.get(id) === slot) visit(id, slot);
    }
  }

  /** The page with that number, for writing; undefined if its ids go into the Map. */
  #page(number: number): Int32Array | undefined {
    const isNew = (this.pages[number] ?? EMPTY_PAGE) === EMPTY_PAGE;
    if (isNew && this.#pageCount >= FREE_PAGES && this.#pageCount * IDS_PER_PAGE > this.#size)
      return undefined;
    // No holes: an array with holes makes the hot look-ups slower.
    while (this.pages.length <= number) {
      this.pages.push(EMPTY_PAGE);
      this.#used.push(0);
    }
    let page = this.pages[number] as Int32Array;
    if (page === EMPTY_PAGE) {
      page = this.#spare.pop() ?? new Int32Array(PAGE_SIZE);
      this.pages[number] = page;
      this.#pageCount++;
    }
    this.#used[number] = (this.#used[number] as number) + 1;
    return page;
  }

  #clear(id: number): void {
    const number = id >>> PAGE_BITS;
    const page = this.pages[number] as Int32Array;
    page[id & PAGE_MASK] = 0;
    const left = (this.#used[number] as number) - 1;
    this.#used[number] = left;
    if (left === 0) {
      this.pages[number] = EMPTY_PAGE;
      this.#pageCount--;
      if (this.#spare.length < 64) this.#spare.push(page);
    }
  }

  #grow(): void {
    const ids = new Float64Array(this.ids.length * 2);
    ids.set(this.ids);
    this.ids = ids;
  }
}

/** Stands for every page without a live id. It is never written. */
const EMPTY_PAGE = new Int32Array(PAGE_SIZE);
