/**
 * Characters that control a terminal or change the order of text: control characters, line ends, bidirectional marks.
 */
const BUT_NEWLINE =
  "\\u0000-\\u0009\\u000b-\\u001f\\u007f-\\u009f\\u061c\\u200e\\u200f\\u2028-\\u202e\\u2066-\\u2069";
const CONTROL = new RegExp(`[\\n${BUT_NEWLINE}]`, "g");
const CONTROL_BUT_NEWLINE = new RegExp(`[${BUT_NEWLINE}]`, "g");

/** Text from a trace or a file name, made safe to print on one line. */
export function escapeText(text: string): string {
  return text.replace(CONTROL, escaped);
}

/** Like {@link escapeText}, but keeps line ends. */
export function escapeLines(text: string): string {
  return text.replace(CONTROL_BUT_NEWLINE, escaped);
}

function escaped(char: string): string {
  return `\\u${char.charCodeAt(0).toString(16).padStart(4, "0")}`;
}

/** Text in JSON quotes, safe to print on one line. JSON itself leaves some of those characters unescaped. */
export function quotedText(text: string): string {
  return escapeText(JSON.stringify(text));
}
