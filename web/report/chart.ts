import uPlot from "uplot";
import { onTheme } from "./theme.js";

/** Of the chart without its legend, at least. */
const LOWEST = 60;

/** What makes a chart of some size. Colours are those of the theme when it is called. */
export type ChartMaker = (size: { readonly width: number; readonly height: number }) => {
  readonly options: uPlot.Options;
  readonly data: uPlot.AlignedData;
};

/** A chart that fills its place, and is made again when the colours change. */
export class Chart {
  plot!: uPlot;
  readonly #place: HTMLElement;
  readonly #make: ChartMaker;

  constructor(place: HTMLElement, make: ChartMaker) {
    this.#place = place;
    this.#make = make;
    this.#draw();
    onTheme(() => this.#redraw());
    new ResizeObserver(() => this.#fit()).observe(place);
  }

  #draw(): void {
    const { options, data } = this.#make(this.#size);
    this.plot = new uPlot(options, data, this.#place);
    // The legend beside the picture stays what it is.
    const picture = this.plot.root.querySelector(".u-wrap");
    picture?.setAttribute("role", "img");
    picture?.setAttribute("aria-label", this.#place.dataset.label ?? "");
    reachable([...this.#place.querySelectorAll<HTMLElement>(".u-legend th")].filter(isSwitch));
    // At once: Firefox copies the page for paper before it runs anything else.
    this.plot.batch(() => this.#fit());
  }

  #redraw(): void {
    const { min, max } = this.plot.scales.x ?? {};
    this.plot.destroy();
    this.#draw();
    if (min !== undefined && max !== undefined) this.plot.batch(() => this.plot.setScale("x", { min, max }));
  }

  get #size(): { readonly width: number; readonly height: number } {
    const legend = this.#place.querySelector<HTMLElement>(".u-legend")?.offsetHeight ?? 0;
    return {
      width: this.#place.clientWidth,
      height: Math.max(LOWEST, this.#place.clientHeight - legend),
    };
  }

  /** The legend may have more lines on a narrow screen, so it comes first. */
  #fit(): void {
    if (this.#place.clientWidth === 0) return;
    this.plot.root.style.width = `${this.#place.clientWidth}px`;
    const { width, height } = this.#size;
    if (width !== this.plot.width || height !== this.plot.height) this.plot.setSize({ width, height });
  }
}

function isSwitch(head: HTMLElement): boolean {
  return getComputedStyle(head).cursor === "pointer";
}

/** The legend's entries switch series on and off, with the keyboard too, and tell which are on. */
function reachable(switches: readonly HTMLElement[]): void {
  const tell = () => {
    for (const each of switches) each.ariaPressed = String(each.closest(".u-off") === null);
  };
  for (const each of switches) {
    each.tabIndex = 0;
    each.setAttribute("role", "button");
    each.addEventListener("click", tell);
    each.addEventListener("keydown", (event) => {
      if (event.key !== "Enter" && event.key !== " ") return;
      event.preventDefault();
      each.click();
    });
  }
  tell();
}
