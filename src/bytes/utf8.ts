/** A mark at the beginning is part of the text. */
const decoder = new TextDecoder("utf-8", { ignoreBOM: true });
/** Stands in what the decoder gives for bytes that are no UTF-8; a text may also hold it. */
const REPLACEMENT = "\ufffd";

/**
 * The text that bytes are in UTF-8. Programs also log raw bytes, and the runtime cuts long texts within a character: each byte that
 * is no part of a character stands in the text as `\x9a`, so that no byte is lost and different bytes are different texts.
 */
export function decodeUtf8(bytes: Uint8Array): string {
  const text = decoder.decode(bytes);
  return text.includes(REPLACEMENT) ? withEscapes(bytes) : text;
}

function withEscapes(bytes: Uint8Array): string {
  let text = "";
  let done = 0;
  for (let at = 0; at < bytes.length; ) {
    const length = characterLength(bytes, at);
    at += Math.max(length, 1);
    if (length > 0) continue;
    const shown = `\\x${(bytes[at - 1] as number).toString(16)}`;
    text += decoder.decode(bytes.subarray(done, at - 1)) + shown;
    done = at;
  }
  return text + decoder.decode(bytes.subarray(done));
}

/** Bytes of the character that begins at a position; 0 if none does. */
function characterLength(bytes: Uint8Array, at: number): number {
  const first = bytes[at] as number;
  if (first < 0x80) return 1;
  if (first < 0xc2 || first > 0xf4) return 0;
  const length = first < 0xe0 ? 2 : first < 0xf0 ? 3 : 4;
  if (at + length > bytes.length) return 0;
  // Neither a longer form than needed, nor half of a pair of UTF-16, nor beyond the last character.
  const second = bytes[at + 1] as number;
  if ((first === 0xe0 && second < 0xa0) || (first === 0xf0 && second < 0x90)) return 0;
  if ((first === 0xed && second > 0x9f) || (first === 0xf4 && second > 0x8f)) return 0;
  for (let i = 1; i < length; i++) if (((bytes[at + i] as number) & 0xc0) !== 0x80) return 0;
  return length;
}
