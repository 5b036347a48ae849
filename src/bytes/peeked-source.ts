import { TraceError } from "../base/errors.js";
import type { ByteSource } from "./byte-source.js";

/** A source whose first bytes can be examined before it is read. */
export class PeekedSource implements ByteSource {
  readonly name: string;
  readonly size: number | undefined;
  readonly readAt: ByteSource["readAt"];
  /** Why the source was cut, if peeking showed that. */
  failure: TraceError | undefined;
  readonly #source: ByteSource;
  /** Copies of the bytes read ahead; the source may reuse its own chunks. */
  readonly #ahead: Uint8Array[] = [];
  #rest: AsyncIterator<Uint8Array> | undefined;
  #ended = false;

  constructor(source: ByteSource) {
    this.#source = source;
    this.name = source.name;
    this.size = source.size;
    this.readAt = source.readAt?.bind(source);
  }

  /** The first `count` bytes, fewer only if the source has fewer. Reads no further than needed. */
  async peek(count: number): Promise<Uint8Array> {
    if (this.readAt !== undefined) {
      const start = new Uint8Array(count);
      return start.subarray(0, this.readAt(0, start));
    }
    while (this.#aheadLength() < count && !this.#ended) await this.#pull();
    const start = new Uint8Array(this.#aheadLength());
    let length = 0;
    for (const chunk of this.#ahead) {
      start.set(chunk, length);
      length += chunk.length;
    }
    return start.subarray(0, count);
  }

  async *chunks(): AsyncGenerator<Uint8Array, void, undefined> {
    yield* this.#ahead;
    if (this.failure !== undefined) throw this.failure;
    if (this.#ended) return;
    const rest = this.#iterator();
    try {
      for (let next = await rest.next(); !next.done; next = await rest.next()) yield next.value;
    } finally {
      await rest.return?.();
    }
  }

  async close(): Promise<void> {
    await this.#source.close?.();
  }

  #aheadLength(): number {
    return this.#ahead.reduce((length, chunk) => length + chunk.length, 0);
  }

  #iterator(): AsyncIterator<Uint8Array> {
    this.#rest ??= this.#source.chunks()[Symbol.asyncIterator]();
    return this.#rest;
  }

  async #pull(): Promise<void> {
    try {
      const { done, value } = await this.#iterator().next();
      if (done) this.#ended = true;
      else this.#ahead.push(value.slice());
    } catch (error) {
      if (!(error instanceof TraceError)) throw error;
      this.failure = error;
      this.#ended = true;
    }
  }
}
