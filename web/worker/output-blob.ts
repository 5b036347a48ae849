/** Bytes in memory before the browser gets them, which keeps large blobs on disk. */
const PART = 1 << 23;

/** Collects an output of any size. */
export class OutputBlob {
  readonly #parts: Blob[] = [];
  #pending: Uint8Array<ArrayBuffer>[] = [];
  #length = 0;

  /** Takes a copy of the bytes. */
  write(bytes: Uint8Array): void {
    this.#pending.push(new Uint8Array(bytes));
    this.#length += bytes.length;
    if (this.#length >= PART) this.#flush();
  }

  /** All that was written. */
  finish(): Blob {
    this.#flush();
    return new Blob(this.#parts);
  }

  /** The same, compressed. */
  gzip(): Promise<Blob> {
    return new Response(this.finish().stream().pipeThrough(new CompressionStream("gzip"))).blob();
  }

  #flush(): void {
    this.#parts.push(new Blob(this.#pending));
    this.#pending = [];
    this.#length = 0;
  }
}
