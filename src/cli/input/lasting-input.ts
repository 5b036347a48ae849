import type { ByteSource } from "../../bytes/byte-source.js";
import { PeekedSource } from "../../bytes/peeked-source.js";
import { unzippedSource } from "../../bytes/unzipped-source.js";
import type { CommonOptions } from "../options/common.js";
import type { Output } from "../output/output.js";
import { nameOf, openSource } from "./input.js";

/** IN, opened once to be read more than once. It stays the same file if another one gets its name meanwhile. */
export class LastingInput {
  readonly #file: ByteSource;

  private constructor(file: ByteSource) {
    this.#file = file;
  }

  /** Opens a file, or a copy of a stream. @throws Failure with advice */
  static async open(path: string, options: CommonOptions): Promise<LastingInput> {
    const name = nameOf(path);
    const source = await openSource(path, name, options);
    if (source.readAt !== undefined) return new LastingInput(source);
    const { copyOfStream } = await import("./stream-copy.js");
    const copy = await copyOfStream(source, name);
    try {
      return new LastingInput(await copy.open());
    } finally {
      await copy.remove();
    }
  }

  /** Its bytes for one reader, which cannot close it. */
  get source(): ByteSource {
    const file = this.#file;
    return { name: file.name, size: file.size, chunks: () => file.chunks(), readAt: file.readAt?.bind(file) };
  }

  /** Writes the first bytes, decompressed. @returns whether there are as many */
  async copy(count: number, output: Output): Promise<boolean> {
    const source = await unzippedSource(new PeekedSource(this.source));
    let rest = count;
    for await (const chunk of source.chunks()) {
      await output.write(chunk.subarray(0, rest));
      rest -= Math.min(chunk.length, rest);
      if (rest === 0) break;
    }
    return rest === 0;
  }

  async close(): Promise<void> {
    await this.#file.close?.();
  }
}
