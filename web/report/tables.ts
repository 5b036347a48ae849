/** Factors of the units of figures, so that a column sorts by value. */
const UNITS: Readonly<Record<string, number>> = {
  ns: 1,
  µs: 1e3,
  ms: 1e6,
  s: 1e9,
  B: 1,
  KiB: 2 ** 10,
  MiB: 2 ** 20,
  GiB: 2 ** 30,
  TiB: 2 ** 40,
  "%": 1,
};
const FIGURE = /^[~+]?(-?[\d,]+(?:\.\d+)?)\s*(ns|µs|ms|s|B|KiB|MiB|GiB|TiB|%)?$/;

/** Makes the heads of a table into buttons that sort its rows. */
export function sortable(table: HTMLTableElement): void {
  const heads = [...table.querySelectorAll<HTMLTableCellElement>("thead th")];
  for (const head of heads) {
    const button = document.createElement("button");
    button.type = "button";
    button.append(...head.childNodes);
    head.append(button);
    button.addEventListener("click", () => {
      const isDescending = head.getAttribute("aria-sort") === "descending";
      const first = head.classList.contains("num") ? "descending" : "ascending";
      const isSorted = head.hasAttribute("aria-sort");
      const next = isSorted ? (isDescending ? "ascending" : "descending") : first;
      for (const other of heads) other.removeAttribute("aria-sort");
      head.setAttribute("aria-sort", next);
      sort(table, head.cellIndex, next === "descending");
    });
  }
}

/** A table that fits needs no stop for the keyboard to scroll it. */
export function scrollable(region: HTMLElement): void {
  new ResizeObserver(() => {
    if (region.scrollWidth > region.clientWidth) region.tabIndex = 0;
    else region.removeAttribute("tabindex");
  }).observe(region);
}

function sort(table: HTMLTableElement, column: number, isDescending: boolean): void {
  const [body] = table.tBodies;
  if (body === undefined) return;
  const rows = [...body.rows].map((row) => ({ row, ...sortedBy(row.cells[column]) }));
  rows.sort((a, b) => compare(a, b, isDescending ? -1 : 1));
  body.append(...rows.map(({ row }) => row));
}

interface Sorted {
  readonly text: string;
  readonly value: number;
}

/** A cell of two figures says by what it is sorted. */
function sortedBy(cell: HTMLTableCellElement | undefined): Sorted {
  const text = cell?.textContent?.trim() ?? "";
  return { text, value: figureOf(cell?.dataset.value ?? text) };
}

/** Figures by value, and below them what is none. Texts by letters. @param sign −1 for the greatest first */
function compare(a: Sorted, b: Sorted, sign: number): number {
  if (Number.isNaN(a.value) !== Number.isNaN(b.value)) return Number.isNaN(a.value) ? 1 : -1;
  if (!Number.isNaN(a.value)) return sign * (a.value - b.value);
  return a.text < b.text ? -sign : a.text > b.text ? sign : 0;
}

function figureOf(text: string): number {
  const [, number, unit = ""] = FIGURE.exec(text) ?? [];
  return number === undefined ? Number.NaN : Number(number.replaceAll(",", "")) * (UNITS[unit] ?? 1);
}
