/**
 * Copies of bytes, in buffers that are used again: what a stream is given must stay as it is until that is written, and
 * new memory for every piece of a large output keeps the garbage collector busy.
 */
export class BufferPool {
  readonly #free: Uint8Array[] = [];

  /** A copy that is left alone until it is given back. */
  copy(bytes: Uint8Array): Uint8Array {
    let buffer = this.#free.pop();
    if (buffer === undefined || buffer.length < bytes.length) buffer = new Uint8Array(bytes.length * 2);
    buffer.set(bytes);
    return buffer.subarray(0, bytes.length);
  }

  giveBack(copy: Uint8Array): void {
    this.#free.push(new Uint8Array(copy.buffer));
  }
}
