// The package has no types of its own. These are of what the page uses.
declare module "d3-flame-graph" {
  import type { Selection } from "d3-selection";

  /** A frame as the graph holds it. */
  export interface Frame<D> {
    readonly data: D;
    readonly id: number;
    readonly depth: number;
    /** Edges from 0 to 1. */
    readonly x0: number;
    readonly x1: number;
    readonly parent: Frame<D> | null;
    readonly children?: readonly Frame<D>[];
    readonly highlight?: boolean;
  }

  export interface FlameGraph<D> {
    (selection: Selection<HTMLElement, D, null, undefined>): void;
    width(pixels: number): this;
    cellHeight(pixels: number): this;
    inverted(isIcicle: boolean): this;
    transitionDuration(milliseconds: number): this;
    minFrameSize(pixels: number): this;
    getName(name: (frame: Frame<D>) => string): this;
    label(text: (frame: Frame<D>) => string): this;
    color(fill: (frame: Frame<D>, original: string) => string): this;
    onClick(handler: (frame: Frame<D>) => void): this;
    onHover(handler: (frame: Frame<D>) => void): this;
    setSearchMatch(matches: (frame: Frame<D>, term: string) => boolean): this;
    setSearchHandler(handler: (found: readonly Frame<D>[], sum: number, total: number) => void): this;
    search(term: string): void;
    clear(): void;
    zoomTo(frame: Frame<D>): void;
    resetZoom(): void;
    update(): this;
  }

  export default function flamegraph<D>(): FlameGraph<D>;
}
