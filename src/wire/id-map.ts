/** Larger ids go into a Map: the largest id of a broken trace must not decide the table's size. */
const DENSE_LIMIT = 1 << 20;

/**
 * Maps the ids of a table (strings, stacks) to consecutive indices. The runtime numbers its tables from 1
 * without gaps, but the format does not require it.
 */
export class IdMap {
  /** Index + 1 by id, for small ids; 0 is "absent". The ordering loop reads it directly. */
  dense = new Int32Array(256);
  readonly #sparse = new Map<number, number>();

  constructor() {
    // Id 0 is the empty string and "no stack" in every generation.
    this.dense[0] = 1;
  }

  /** The id's index, or −1. */
  get(id: number): number {
    if (id >= 0 && id < this.dense.length) return (this.dense[id] as number) - 1;
    return this.#sparse.get(id) ?? -1;
  }

  /** Maps an id to an index. Returns false if the id is already mapped. */
  add(id: number, index: number): boolean {
    if (this.get(id) >= 0) return false;
    if (id >= 0 && id < DENSE_LIMIT) this.#grow(id);
    if (id >= 0 && id < this.dense.length) this.dense[id] = index + 1;
    else this.#sparse.set(id, index);
    return true;
  }

  #grow(id: number): void {
    if (id < this.dense.length) return;
    // At most four times the number of entries, so that memory follows the input's size.
    if (id > this.dense.length * 4) return;
    const dense = new Int32Array(Math.max(this.dense.length * 2, id + 1));
    dense.set(this.dense);
    this.dense = dense;
    // Ids that arrived while the table was too small for them.
    for (const [early, index] of this.#sparse) {
      if (early < 0 || early >= dense.length) continue;
      dense[early] = index + 1;
      this.#sparse.delete(early);
    }
  }
}
