/** The value of a colour of the style, such as `--ink`, in the theme at hand. */
export function color(name: string): string {
  return getComputedStyle(document.documentElement).getPropertyValue(name).trim();
}

/** The same colour, partly transparent. @param alpha from 0 to 1 */
export function faded(name: string, alpha: number): string {
  const hex = color(name);
  return `${hex}${Math.round(255 * Math.min(1, alpha))
    .toString(16)
    .padStart(2, "0")}`;
}

/** Whether the page is laid out for paper. */
export const PRINT = matchMedia("print");

/** Calls `redraw` when the colours change: between light and dark, and for printing. */
export function onTheme(redraw: () => void): void {
  for (const query of [matchMedia("(prefers-color-scheme: dark)"), PRINT])
    query.addEventListener("change", redraw);
}

/** Whether things may move. */
export const MOVES = matchMedia("(prefers-reduced-motion: no-preference)").matches;
