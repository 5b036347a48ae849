import type { LiveOptions } from "../../options/capture.js";
import { nameAll, type Output, openOutput, type Sealed } from "../../output/output.js";
import type { PendingFile } from "../../output/pending-file.js";
import { refuseSameFile } from "../../output/same-file.js";
import { resolveTarget } from "../../output/target.js";
import { Failure } from "../../process/failure.js";
import { PartNames } from "./part-names.js";

/** More parts than anybody wants: it takes a mistake to get there. */
const MOST = 9999;

/**
 * The files of an output in parts. They get their names when all are complete: so there is all of it or nothing, and
 * it is known then how many digits a number has.
 */
export class PartFiles {
  readonly names: PartNames;
  readonly #input: string;
  readonly #live: LiveOptions;
  readonly #most: number;
  readonly #complete: (PendingFile | undefined)[] = [];
  #current: Output | undefined;

  /**
   * @param input IN, which no part may replace
   * @param live how it is captured; nor may a part replace what that saves
   * @param most how many parts there may be
   */
  constructor(out: string, input: string, live: LiveOptions = {}, most = MOST) {
    this.names = new PartNames(out);
    this.#input = input;
    this.#live = live;
    this.#most = most;
  }

  /** Parts that have been written. */
  get count(): number {
    return this.#complete.length;
  }

  /** Opens the next part. @throws Failure if it cannot be written, or if there are too many */
  async open(): Promise<Output> {
    const { out } = this.names;
    if (this.count === this.#most) {
      throw new Failure(`${out}: more than ${this.#most} parts`, "Let a part be longer or larger.");
    }
    const name = this.names.name(this.count + 1);
    await refuseSameFile(this.#input, name, this.#live);
    this.#current = await openOutput(name, out.endsWith(".gz"));
    return this.#current;
  }

  /** Completes the part that was opened last. */
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
      // A part has the name that it was opened for, unless there are so many that numbers are longer.
      const target = name === this.names.name(i + 1) ? undefined : await resolveTarget(name);
      files.push({ name, file, target });
    }
    nameAll(files);
  }

  /** Gives all parts up. */
  async discard(): Promise<void> {
    await this.#current?.discard();
    for (const file of this.#complete) await file?.discard();
  }
}
