/**
 * Characters that would do something to a terminal or to the order of what it shows, instead of being shown by it: control
 * characters, ends of lines, and marks of the direction of writing.
 */
const CONTROL =
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what it is about
  /[\u0000-\u001f\u007f-\u009f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]/g;

/** Text from a trace or a file name, made safe to print on one line. */
export function escapeText(text: string): string {
  return text.replace(CONTROL, (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, "0")}`);
}

/** Text in quotes as JSON has it, safe to print on one line: JSON itself leaves some of those characters as they are. */
export function quotedText(text: string): string {
  return escapeText(JSON.stringify(text));
}
