/** Slots for which there is room at first. */
const ROOM = 16;
const PAGE_BITS = 10;
const PAGE_SIZE = 1 << PAGE_BITS;
const PAGE_MASK = PAGE_SIZE - 1;
/** Ids up to here go through the page table, the (very rare) others through a Map. */
const PAGED_LIMIT = 2 ** 31;

/**
 * Gives ids small dense slots, so that what is known of a goroutine or P can live in typed arrays.
 * Slots of removed ids are used again: the number of slots follows the live ids, not all that ever were.
 *
 * A page table is several times faster than a Map here, and its pages are given back when empty, since
 * goroutine ids only grow.
 */
export class IdIndex {
  /** Slot + 1 of each id by page; 0 is "absent". Read by the ordering loop directly. */
  readonly pages: Int32Array[] = [];
  /** The id in each slot, −1 in free ones. */
  ids = new Float64Array(ROOM);
  #used: number[] = [];
  #large = new Map<number, number>();
  #free: number[] = [];
  #spare: Int32Array[] = [];
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
      return page === undefined ? -1 : (page[id & PAGE_MASK] as number) - 1;
    }
    return this.#large.get(id) ?? -1;
  }

  /** Gives a new id a slot. The id must not be present. */
  add(id: number): number {
    const slot = this.#free.pop() ?? this.#top++;
    if (slot === this.ids.length) this.#grow();
    this.ids[slot] = id;
    this.#size++;
    if (id < PAGED_LIMIT && id >= 0) this.#page(id >>> PAGE_BITS)[id & PAGE_MASK] = slot + 1;
    else this.#large.set(id, slot);
    return slot;
  }

  /** Forgets an id and frees its slot. */
  delete(id: number): void {
    const slot = this.get(id);
    if (slot < 0) return;
    this.ids[slot] = -1;
    this.#free.push(slot);
    this.#size--;
    if (id < PAGED_LIMIT && id >= 0) this.#clear(id);
    else this.#large.delete(id);
  }

  /** Calls `visit` for every live id, in the order of slots. */
  forEach(visit: (id: number, slot: number) => void): void {
    for (let slot = 0; slot < this.#top; slot++) {
      const id = this.ids[slot] as number;
      if (this.get(id) === slot) visit(id, slot);
    }
  }

  #page(number: number): Int32Array {
    // No holes: an array with holes would make the hot look-ups slower.
    while (this.pages.length <= number) {
      this.pages.push(EMPTY_PAGE);
      this.#used.push(0);
    }
    let page = this.pages[number] as Int32Array;
    if (page === EMPTY_PAGE) {
      page = this.#spare.pop() ?? new Int32Array(PAGE_SIZE);
      this.pages[number] = page;
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
      if (this.#spare.length < 64) this.#spare.push(page);
    }
  }

  #grow(): void {
    const ids = new Float64Array(this.ids.length * 2);
    ids.set(this.ids);
    this.ids = ids;
  }
}

/** Stands for every page without a live id. Never written. */
const EMPTY_PAGE = new Int32Array(PAGE_SIZE);
