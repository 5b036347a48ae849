/** A byte order mark at the beginning is part of the text. */
const decoder = new TextDecoder("utf-8", { ignoreBOM: true });
const encoder = new TextEncoder();
/** A byte as {@link decodeUtf8} shows it. */
const ESCAPE = /\\x([0-9a-f]{2})/;
/** Bytes of the longest character. */
const MOST_BYTES = 4;
/** The decoder's replacement for bytes that are not UTF-8. A text may also contain it. */
const REPLACEMENT = "\ufffd";

/**
 * Decodes UTF-8. Programs also log raw bytes, and the runtime cuts long texts within a character. So each
 * byte outside of a character becomes `\x9a` in the text: no byte is lost, and different bytes give different
 * texts. Among raw bytes, control characters become `\x07` too, so all outputs show the same.
 */
export function decodeUtf8(bytes: Uint8Array): string {
  const text = decoder.decode(bytes);
  return text.includes(REPLACEMENT) ? withEscapes(bytes) : text;
}

/** The bytes that {@link decodeUtf8} made a text of. A text that itself spells `\x9a` becomes that byte. */
export function encodeUtf8(text: string): Uint8Array {
  const parts = text.split(ESCAPE);
  return Uint8Array.from(
    parts.flatMap((part, i) => (i % 2 === 1 ? [Number.parseInt(part, 16)] : [...encoder.encode(part)])),
  );
}

function withEscapes(bytes: Uint8Array): string {
  const isRaw = !isCut(bytes);
  let text = "";
  let done = 0;
  for (let at = 0; at < bytes.length; ) {
    const length = characterLength(bytes, at);
    at += Math.max(length, 1);
    const byte = bytes[at - 1] as number;
    if (length > 0 && !(isRaw && length === 1 && isControl(byte))) continue;
    const shown = `\\x${byte.toString(16).padStart(2, "0")}`;
    text += decoder.decode(bytes.subarray(done, at - 1)) + shown;
    done = at;
  }
  return text + decoder.decode(bytes.subarray(done));
}

/** Whether all but the last bytes is text, whose last character was cut. */
function isCut(bytes: Uint8Array): boolean {
  let at = 0;
  for (let length = 1; length > 0 && at < bytes.length; at += length) length = characterLength(bytes, at);
  const rest = bytes.subarray(at);
  return (
    rest.length < MOST_BYTES && rest.every((byte, i) => (i === 0 ? byte >= 0xc2 : (byte & 0xc0) === 0x80))
  );
}

function isControl(byte: number): boolean {
  return byte < 0x20 || byte === 0x7f;
}

/** Bytes of the character at a position; 0 if there is none. */
function characterLength(bytes: Uint8Array, at: number): number {
  const first = bytes[at] as number;
  if (first < 0x80) return 1;
  if (first < 0xc2 || first > 0xf4) return 0;
  const length = first < 0xe0 ? 2 : first < 0xf0 ? 3 : 4;
  if (at + length > bytes.length) return 0;
  // Excludes overlong forms, UTF-16 surrogates, and code points beyond the last one.
  const second = bytes[at + 1] as number;
  if ((first === 0xe0 && second < 0xa0) || (first === 0xf0 && second < 0x90)) return 0;
  if ((first === 0xed && second > 0x9f) || (first === 0xf4 && second > 0x8f)) return 0;
  for (let i = 1; i < length; i++) if (((bytes[at + i] as number) & 0xc0) !== 0x80) return 0;
  return length;
}
