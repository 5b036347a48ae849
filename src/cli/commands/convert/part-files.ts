import { readdir } from "node:fs/promises";
import { basename, dirname, extname, join } from "node:path";
import type { CaptureOptions } from "../../options/capture.js";
import { openOutput } from "../../output/open-output.js";
import { nameAll, type Output, type Sealed } from "../../output/output.js";
import type { PendingFile } from "../../output/pending-file.js";
import { refuseSameFile } from "../../output/same-file.js";
import { resolveTarget } from "../../output/target.js";
import { Failure } from "../../process/failure.js";

/** Reaching this number of parts is a mistake. */
const MOST = 9999;

/**
 * The files of an output in parts. They get their names when all are complete, so either all of them appear
 * or none. The number of digits in the names is known then, too.
 */
export class PartFiles {
  readonly names: PartNames;
  readonly #input: string;
  readonly #live: CaptureOptions;
  readonly #most: number;
  readonly #complete: (PendingFile | undefined)[] = [];
  #current: Output | undefined;

  /**
   * @param input IN, which no part may replace
   * @param live the options of the capture: no part may replace the file of `--save`
   * @param most the largest number of parts
   */
  constructor(out: string, input: string, live: CaptureOptions = {}, most = MOST) {
    this.names = new PartNames(out);
    this.#input = input;
    this.#live = live;
    this.#most = most;
  }

  /** The number of complete parts. */
  get count(): number {
    return this.#complete.length;
  }

  /** Opens the next part. @throws Failure if it cannot be written or there are too many parts */
  async open(): Promise<Output> {
    const { out } = this.names;
    if (this.count === this.#most) {
      throw new Failure(`${out}: more than ${this.#most} parts`, "Make the parts longer or larger.");
    }
    const name = this.names.name(this.count + 1);
    await refuseSameFile(this.#input, name, this.#live);
    this.#current = await openOutput(name);
    return this.#current;
  }

  /** Completes the part that is open. */
  async seal(): Promise<void> {
    this.#complete.push(await this.#current?.seal());
    this.#current = undefined;
  }

  /** Gives the parts their names. */
  async publish(): Promise<void> {
    const { count } = this;
    const files: Sealed[] = [];
    for (const [i, file] of this.#complete.entries()) {
      const name = this.names.name(i + 1, count);
      // A part keeps its name unless the number of parts has more digits.
      const target = name === this.names.name(i + 1) ? undefined : await resolveTarget(name);
      files.push({ name, file, target });
    }
    nameAll(files);
  }

  /** Discards all parts. */
  async discard(): Promise<void> {
    await this.#current?.discard();
    for (const file of this.#complete) await file?.discard();
  }
}

/** The minimum number of digits in a part's number. */
const DIGITS = 3;

/** Names of the parts of OUT: a number before the extension, with enough digits to sort by name. */
export class PartNames {
  readonly #stem: string;
  readonly #extension: string;

  constructor(readonly out: string) {
    const zipped = out.endsWith(".gz") ? ".gz" : "";
    const plain = out.slice(0, out.length - zipped.length);
    this.#extension = extname(plain) + zipped;
    this.#stem = out.slice(0, out.length - this.#extension.length);
  }

  /** @param count the number of parts, if known */
  name(number: number, count = number): string {
    const digits = Math.max(DIGITS, String(count).length);
    return `${this.#stem}.${String(number).padStart(digits, "0")}${this.#extension}`;
  }

  /** Names of existing parts beyond the first `count`, in order. */
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
