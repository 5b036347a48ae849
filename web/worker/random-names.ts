import type { Anonymizer } from "go2perfetto";

/** Bytes of a made-up name. */
const LENGTH = 6;

/** Made-up names, by chance and the same for the same text. Nobody keeps what stands for what. */
export class RandomNames implements Anonymizer {
  readonly #names = new Map<string, string>();

  readonly hash = (text: string): string => {
    let name = this.#names.get(text);
    if (name === undefined) {
      const bytes = crypto.getRandomValues(new Uint8Array(LENGTH));
      name = Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
      this.#names.set(text, name);
    }
    return name;
  };
}
