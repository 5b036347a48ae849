const NUL = "\0";
const SYMBOL_FOR_NUL = "\u2400";

/** A text as the file has it: Perfetto ends texts at the first NUL, so that is replaced by the symbol for it. */
export function shownText(text: string): string {
  return text.includes(NUL) ? text.replaceAll(NUL, SYMBOL_FOR_NUL) : text;
}
