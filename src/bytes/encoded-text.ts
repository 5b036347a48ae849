const encoder = new TextEncoder();
const WORD = 4;

/** A text in UTF-8, or other bytes, that are put again and again: four at a time. */
export class EncodedText {
  /** Bytes that it has. */
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

  /** Puts it at a position, behind which there must be room for three bytes more; gives the position behind it. */
  put(data: DataView, position: number): number {
    const words = this.#words;
    for (let i = 0; i < words.length; i++) data.setInt32(position + i * WORD, words[i] as number, true);
    return position + this.length;
  }
}
