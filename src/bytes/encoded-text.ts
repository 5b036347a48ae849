const encoder = new TextEncoder();
const WORD = 4;

/** A UTF-8 text, or other bytes, written many times: four bytes at a time. */
export class EncodedText {
  /** Length in bytes. */
  readonly length: number;
  readonly #words: Int32Array;

  constructor(text: string | Uint8Array) {
    const bytes = typeof text === "string" ? encoder.encode(text) : text;
    const padded = new DataView(new ArrayBuffer(Math.ceil(bytes.length / WORD) * WORD));
    new Uint8Array(padded.buffer).set(bytes);
    this.length = bytes.length;
    this.#words = new Int32Array(padded.byteLength / WORD);
    for (let i = 0; i < this.#words.length; i++) this.#words[i] = padded.getInt32(i * WORD, true);
  }

  /**
   * Writes the text at a position. Returns the position after it. Three more bytes of room are required after
   * that.
   */
  put(data: DataView, position: number): number {
    const words = this.#words;
    for (let i = 0; i < words.length; i++) data.setInt32(position + i * WORD, words[i] as number, true);
    return position + this.length;
  }
}
