/** A binary heap. Its first entry is the least. The usual sifting decides the order of equal entries. */
export class Heap<T> {
  readonly #less: (a: T, b: T) => boolean;
  readonly entries: T[];

  /** @param entries the initial entries, in any order; the heap owns the array */
  constructor(less: (a: T, b: T) => boolean, entries: T[] = []) {
    this.#less = less;
    this.entries = entries;
    for (let at = (entries.length >> 1) - 1; at >= 0; at--) this.#down(at, entries.length);
  }

  get first(): T | undefined {
    return this.entries[0];
  }

  push(entry: T): void {
    this.entries.push(entry);
    this.#up(this.entries.length - 1);
  }

  /** Removes the least entry. */
  pop(): void {
    this.remove(0);
  }

  /**
   * Has the effect of pushing and popping an entry that is less than all others, `times` times. That changes
   * nothing, except that equal entries may change places.
   */
  passLeast(times: number): void {
    if (this.#isDistinct()) return;
    for (let i = 0; i < times; i++) this.#passLeast();
  }

  /** Removes the entry at an index of {@link entries}. */
  remove(at: number): void {
    const last = this.entries.length - 1;
    if (at !== last) {
      this.#swap(at, last);
      if (!this.#down(at, last)) this.#up(at);
    }
    this.entries.pop();
  }

  /**
   * Such an entry would rise from the next leaf: the entries above it move down, and the lowest of them
   * returns from the top.
   */
  #passLeast(): void {
    const { entries } = this;
    const { length } = entries;
    let at = (length - 1) >> 1;
    const lowest = entries[at] as T;
    for (; at > 0; at = (at - 1) >> 1) entries[at] = entries[(at - 1) >> 1] as T;
    entries[0] = lowest;
    this.#down(0, length);
  }

  /** Whether no entry on the way from the next leaf to the top equals one that it is compared with. */
  #isDistinct(): boolean {
    const { length } = this.entries;
    const lowest = (length - 1) >> 1;
    for (let at = lowest; at > 0; ) {
      const parent = (at - 1) >> 1;
      if (!this.#isLess(parent, lowest)) return false;
      const isRight = at % 2 === 0;
      if (isRight && !this.#isLess(parent, at - 1)) return false;
      at = parent;
    }
    return true;
  }

  #up(start: number): void {
    for (let at = start; at > 0; ) {
      const parent = (at - 1) >> 1;
      if (!this.#isLess(at, parent)) return;
      this.#swap(at, parent);
      at = parent;
    }
  }

  /** @returns whether the entry has moved */
  #down(start: number, length: number): boolean {
    let at = start;
    for (;;) {
      let child = 2 * at + 1;
      if (child >= length) break;
      if (child + 1 < length && this.#isLess(child + 1, child)) child++;
      if (!this.#isLess(child, at)) break;
      this.#swap(at, child);
      at = child;
    }
    return at > start;
  }

  #isLess(a: number, b: number): boolean {
    return this.#less(this.entries[a] as T, this.entries[b] as T);
  }

  #swap(a: number, b: number): void {
    const entry = this.entries[a] as T;
    this.entries[a] = this.entries[b] as T;
    this.entries[b] = entry;
  }
}
