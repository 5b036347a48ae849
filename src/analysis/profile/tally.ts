/** Counts and times by row of a {@link SampleTable} that are not in it yet, and may never be. */
export class Tally {
  readonly #places = new Map<number, number>();
  readonly #rows: number[] = [];
  readonly #counts: number[] = [];
  readonly #delays: number[] = [];

  add(row: number, count: number, delay: number): void {
    const place = this.#places.get(row);
    if (place === undefined) {
      this.#places.set(row, this.#rows.length);
      this.#rows.push(row);
      this.#counts.push(count);
      this.#delays.push(delay);
      return;
    }
    this.#counts[place] = (this.#counts[place] as number) + count;
    this.#delays[place] = (this.#delays[place] as number) + delay;
  }

  /** Calls `visit` for every row, in the order in which they came. */
  forEach(visit: (row: number, count: number, delay: number) => void): void {
    for (let i = 0; i < this.#rows.length; i++)
      visit(this.#rows[i] as number, this.#counts[i] as number, this.#delays[i] as number);
  }
}

/** Both together; one of the two is used for that. */
export function merged(one: Tally | undefined, other: Tally | undefined): Tally | undefined {
  if (one === undefined) return other;
  other?.forEach((row, count, delay) => {
    one.add(row, count, delay);
  });
  return one;
}
