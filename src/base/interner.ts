/** Numbers strings from 0 in the order of their first use. Equal strings get the same number. */
export class Interner {
  readonly #numbers = new Map<string, number>();
  readonly #texts: string[] = [];

  get size(): number {
    return this.#texts.length;
  }

  intern(text: string): number {
    let number = this.#numbers.get(text);
    if (number === undefined) {
      number = this.#texts.length;
      this.#texts.push(text);
      this.#numbers.set(text, number);
    }
    return number;
  }

  /** The texts of the first numbers, at most `count`. */
  first(count: number): string[] {
    return this.#texts.slice(0, count);
  }

  /** The text of a number that {@link intern} returned. */
  text(number: number): string {
    return this.#texts[number] ?? "";
  }
}
