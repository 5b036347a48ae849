import { type FileHandle, open } from "node:fs/promises";
import { breathe } from "../../../base/breather.js";
import type { Output } from "../../output/output.js";
import { naming } from "../../output/target.js";

/** Bytes per read. */
const PIECE = 1 << 18;

/**
 * The trace of `open` on its way to the viewer: a file that each download reads from its beginning, also while the
 * file grows. So the viewer starts while the trace is converted, and has it soon after.
 */
export class ServedTrace implements Output {
  readonly #path: string;
  readonly #handle: FileHandle;
  #size = 0;
  #state: "growing" | "complete" | "discarded" = "growing";
  #waiting: (() => void)[] = [];

  private constructor(path: string, handle: FileHandle) {
    this.#path = path;
    this.#handle = handle;
  }

  /** @param path a new file, which the caller removes @throws Failure if it cannot be created */
  static async create(path: string): Promise<ServedTrace> {
    return new ServedTrace(path, await naming(path, open(path, "wx")));
  }

  /** Bytes; undefined as long as the file grows. */
  get size(): number | undefined {
    return this.#state === "complete" ? this.#size : undefined;
  }

  /**
   * Waits for the first bytes, or for all.
   * @returns whether there are any for the viewer
   */
  async ready(whole: boolean): Promise<boolean> {
    while (this.#state === "growing" && (whole || this.#size === 0)) await this.#change();
    return this.#state !== "discarded";
  }

  /** The bytes from the first to the last, as they come. @throws Error if the trace is discarded on the way */
  async *content(): AsyncGenerator<Uint8Array> {
    const file = await open(this.#path);
    try {
      const buffer = new Uint8Array(PIECE);
      for (let at = 0; at < this.#size || this.#state === "growing"; ) {
        if (at === this.#size) {
          await this.#change();
          continue;
        }
        const { bytesRead } = await file.read(buffer, 0, Math.min(PIECE, this.#size - at), at);
        at += bytesRead;
        // The receiver keeps what it has got.
        yield buffer.slice(0, bytesRead);
      }
      if (this.#state === "discarded") throw new Error("the conversion failed");
    } finally {
      await file.close();
    }
  }

  /** @throws Failure */
  async write(bytes: Uint8Array): Promise<void> {
    await naming(this.#path, this.#handle.writeFile(bytes));
    this.#size += bytes.length;
    this.#tell();
    // Signals and downloads are handled here.
    await breathe();
  }

  async close(): Promise<void> {
    await this.seal();
  }

  async seal(): Promise<undefined> {
    await naming(this.#path, this.#handle.close());
    this.#state = "complete";
    this.#tell();
  }

  /** Has no effect on a complete trace. */
  async discard(): Promise<void> {
    if (this.#state === "complete") return;
    this.#state = "discarded";
    this.#tell();
    await this.#handle.close();
  }

  #change(): Promise<void> {
    return new Promise((resolve) => this.#waiting.push(resolve));
  }

  #tell(): void {
    for (const resolve of this.#waiting.splice(0)) resolve();
  }
}
