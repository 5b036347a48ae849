import { escapeText } from "../base/escape.js";

/**
 * A value as JSON, in which no character does anything to a terminal: those that JSON leaves as they are are escaped
 * too, and mean the same.
 */
export function jsonText(value: unknown): string {
  const lines = JSON.stringify(value, undefined, 2).split("\n");
  return `${lines.map(escapeText).join("\n")}\n`;
}
