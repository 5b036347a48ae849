import { html } from "./text.js";

/** A part of a bar, with the class that colours it. */
export interface BarPart {
  readonly name: string;
  readonly value: number;
}

/** Parts of time in the order in which bars and charts show them; the names are classes of the style too. */
export const TIME_PARTS = ["running", "runnable", "syscall", "waiting"] as const;

/** What people call them. */
export const PART_NAMES: Readonly<Record<(typeof TIME_PARTS)[number], string>> = {
  running: "running",
  runnable: "waiting to run",
  syscall: "in a system call",
  waiting: "blocked",
};

/**
 * A bar of parts. SVG's attributes hold its lengths, because the page's policy forbids styles of elements.
 * @param whole what the width of the bar stands for
 */
export function barHtml(parts: readonly BarPart[], whole: number, label: string): string {
  let x = 0;
  const rects = parts
    .filter(({ value }) => value > 0 && whole > 0)
    .map(({ name, value }) => {
      const width = (100 * value) / whole;
      const rect = `<rect class="${name}" x="${percent(x)}" width="${percent(width)}" height="100%"/>`;
      x += width;
      return rect;
    });
  return `<svg class="bar" role="img" aria-label="${html(label, label.length)}">${rects.join("")}</svg>`;
}

/** The key to the colours of bars. */
export function keyHtml(): string {
  const items = TIME_PARTS.map((part) => `<li><span class="swatch ${part}"></span>${PART_NAMES[part]}</li>`);
  return `<ul class="key">${items.join("")}</ul>`;
}

function percent(value: number): string {
  return `${Number(Math.min(100, value).toFixed(2))}%`;
}
