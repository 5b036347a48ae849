import { escapeText } from "../../base/escape.js";

const ENTITIES: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&#39;",
};
/** What could end a script element, and the line ends that JSON has and old JavaScript has not. */
const UNSAFE = /[<>&\u2028\u2029]/g;
/** The most characters of a text from the trace, unless a page has to be smaller. */
export const LONGEST = 200;

/** A text from the trace, cut if it is longer than names are, and with its control characters made visible. */
export function shown(text: string, longest = LONGEST): string {
  const cut = text.length > longest ? `${text.slice(0, longest).replace(/[\ud800-\udbff]$/, "")}…` : text;
  return escapeText(cut);
}

/** Any text as HTML, for elements and quoted attributes. */
export function html(text: string, longest = LONGEST): string {
  return shown(text, longest).replace(/[&<>"']/g, (char) => ENTITIES[char] ?? "");
}

/** A value as JSON for a script element that holds data. */
export function scriptJson(value: unknown): string {
  return JSON.stringify(value).replace(
    UNSAFE,
    (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
}
