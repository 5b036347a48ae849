const PAGE_BITS = 10;
const WORD_BITS = 5;
const WORDS = 1 << (PAGE_BITS - WORD_BITS);
const WORD_MASK = WORDS - 1;
const PAGE_SIZE = 1 << PAGE_BITS;
/** Bit operations take no larger numbers as they are. */
const SMALL = 2 ** 31;

/** A set of ids, a bit each: pages are small, since those of a damaged trace may be far apart. */
export class IdSet {
  readonly #pages = new Map<number, Int32Array>();
  #last = -1;
  #page: Int32Array = new Int32Array(WORDS);

  has(id: number): boolean {
    const page = this.#pageOf(pageNumber(id));
    return page !== undefined && (((page[(id >>> WORD_BITS) & WORD_MASK] as number) >>> (id & 31)) & 1) === 1;
  }

  add(id: number): void {
    const number = pageNumber(id);
    let page = this.#pageOf(number);
    if (page === undefined) {
      page = new Int32Array(WORDS);
      this.#pages.set(number, page);
    }
    const word = (id >>> WORD_BITS) & WORD_MASK;
    page[word] = (page[word] as number) | (1 << (id & 31));
  }

  clear(): void {
    this.#pages.clear();
    this.#last = -1;
  }

  /** The page of the last look-up is most often that of the next one. */
  #pageOf(number: number): Int32Array | undefined {
    if (number === this.#last) return this.#page;
    const page = this.#pages.get(number);
    if (page === undefined) return undefined;
    this.#last = number;
    this.#page = page;
    return page;
  }
}

function pageNumber(id: number): number {
  return id < SMALL ? id >>> PAGE_BITS : Math.floor(id / PAGE_SIZE);
}
