import { readdir } from "node:fs/promises";
import { basename, dirname, extname, join } from "node:path";

/** Digits of a part's number, where that has no more. */
const DIGITS = 3;

/** Names of the parts of OUT: a number before its extension, of so many digits that they sort by it. */
export class PartNames {
  readonly #stem: string;
  readonly #extension: string;

  constructor(readonly out: string) {
    const zipped = out.endsWith(".gz") ? ".gz" : "";
    const plain = out.slice(0, out.length - zipped.length);
    this.#extension = extname(plain) + zipped;
    this.#stem = out.slice(0, out.length - this.#extension.length);
  }

  /** @param count of all parts, as far as is known */
  name(number: number, count = number): string {
    const digits = Math.max(DIGITS, String(count).length);
    return `${this.#stem}.${String(number).padStart(digits, "0")}${this.#extension}`;
  }

  /** Names of parts that are there and are none of an output of so many, in order. */
  async stale(count: number): Promise<string[]> {
    const folder = dirname(this.out);
    const written = new Set<string>();
    for (let number = 1; number <= count; number++) written.add(basename(this.name(number, count)));
    const files = await readdir(folder);
    const stale = files.filter((file) => this.#isPart(file) && !written.has(file)).sort();
    return stale.map((file) => (this.out === basename(this.out) ? file : join(folder, file)));
  }

  #isPart(file: string): boolean {
    const stem = `${basename(this.#stem)}.`;
    if (!file.startsWith(stem) || !file.endsWith(this.#extension)) return false;
    return /^\d{3,}$/.test(file.slice(stem.length, file.length - this.#extension.length));
  }
}
