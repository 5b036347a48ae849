import flamegraph, { type FlameGraph, type Frame } from "d3-flame-graph";
import { select } from "d3-selection";
import { durationText, shareText } from "../../src/base/rounded.js";
import type { FlameData, FlameNode } from "../../src/report/html/page-data.js";
import { color, MOVES, onTheme, PRINT } from "./theme.js";

/** What d3-flame-graph reads of a frame: name, value and children. */
interface Node {
  readonly name: string;
  readonly value: number;
  readonly children: Node[];
  /** Set by it: whether the frame is beside the one that is zoomed to. */
  hide?: boolean;
}

const CELL = 20;
const QUICK = 160;
/** Narrower frames are not drawn. */
const NARROWEST = 1.5;
const OWN = [28, 40, 18, 50];
const LIBRARY = [205, 175, 225, 150, 260, 190, 240];
const RUNTIME = /^(runtime|internal\/runtime|sync|internal)[./]/;

/** A flame graph that can be searched, zoomed, and walked with the keyboard. */
export class FlameView {
  readonly #place: HTMLElement;
  readonly #graph: FlameGraph<Node>;
  readonly #total: number;
  readonly #output: HTMLElement | null;
  readonly #search: HTMLInputElement | null;
  /** The frame that the keyboard is at. */
  #at = 0;

  constructor(place: HTMLElement, data: FlameData) {
    this.#place = place;
    const panel = place.parentElement;
    this.#output = panel?.querySelector("output") ?? null;
    this.#search = panel?.querySelector<HTMLInputElement>("input") ?? null;
    const root = nodeOf(data.root, data.names);
    this.#total = root.value;
    this.#graph = flamegraph<Node>()
      .width(place.clientWidth)
      .cellHeight(CELL)
      .inverted(true)
      .minFrameSize(NARROWEST)
      .transitionDuration(MOVES ? QUICK : 0)
      .getName(({ data: { name } }) => name)
      .label((frame) => this.#label(frame))
      .color((frame) => fill(frame))
      .onClick((frame) => this.#zoomed(frame))
      .onHover((frame) => this.#tell(this.#label(frame)))
      .setSearchMatch(({ data: { name } }, term) => name.toLowerCase().includes(term.toLowerCase()))
      .setSearchHandler((found, sum) => this.#found(found.length, sum));
    this.#graph(select(place).datum(root));
    this.#settle();
    this.#reach();
    onTheme(() => this.#update());
    new ResizeObserver(() => this.#fit()).observe(place);
    place.addEventListener("keydown", (event) => this.#key(event));
    this.#search?.addEventListener("input", () => this.#searchFor(this.#search?.value.trim() ?? ""));
    panel?.querySelector(".reset")?.addEventListener("click", () => this.#reset());
  }

  #label(frame: Frame<Node>): string {
    const { name, value } = frame.data;
    return `${name}: ${durationText(value)}, ${shareText(value, this.#total)}`;
  }

  #tell(text: string): void {
    if (this.#output !== null) this.#output.textContent = text;
  }

  #searchFor(term: string): void {
    if (term === "") {
      this.#graph.clear();
      this.#tell("");
    } else this.#graph.search(term);
    this.#reach();
  }

  #found(count: number, time: number): void {
    const frames = count === 1 ? "1 frame" : `${count} frames`;
    this.#tell(
      count === 0 ? "Nothing found" : `${frames}, ${durationText(time)}, ${shareText(time, this.#total)}`,
    );
  }

  #reset(): void {
    if (this.#search !== null) this.#search.value = "";
    this.#graph.clear();
    this.#graph.resetZoom();
    this.#at = 0;
    this.#tell("");
    this.#reach();
  }

  #zoomed(frame: Frame<Node>): void {
    this.#at = frame.id;
    this.#reach();
  }

  /** Paper is as wide as it is when the colours are those of print. */
  #update(): void {
    const { clientWidth } = this.#place;
    if (clientWidth > 0) this.#graph.width(clientWidth);
    this.#graph.update();
    this.#settle();
    this.#reach();
    this.#scale();
  }

  /** On paper the picture shrinks with its place: Firefox lays out the page that is drawn here as wide as its window. */
  #scale(): void {
    const svg = this.#place.querySelector("svg");
    const size = ["width", "height"].map((name) => svg?.getAttribute(name));
    if (PRINT.matches) svg?.setAttribute("viewBox", `0 0 ${size.join(" ")}`);
    else svg?.removeAttribute("viewBox");
  }

  #fit(): void {
    const { clientWidth } = this.#place;
    if (clientWidth > 0 && this.#width !== clientWidth) this.#update();
  }

  get #width(): number {
    return Number(this.#place.querySelector("svg")?.getAttribute("width"));
  }

  /** The graph draws in transitions. Neither the first picture nor a printer waits for their end. */
  #settle(): void {
    const width = this.#width;
    for (const element of this.#frames()) {
      const { data, depth, x0 } = frameOf(element);
      element.setAttribute("transform", `translate(${x0 * width},${depth * CELL})`);
      element.querySelector("rect")?.setAttribute("width", element.getAttribute("width") ?? "");
      const label = element.querySelector(".d3-flame-graph-label");
      if (label !== null) label.textContent = data.name;
    }
  }

  #frames(): SVGGElement[] {
    return [...this.#place.querySelectorAll<SVGGElement>("g.frame")];
  }

  /** Every frame has a name for screen readers; one of them can be reached with the tab key. */
  #reach(): void {
    const frames = this.#frames();
    if (!frames.some((frame) => frameOf(frame).id === this.#at)) this.#at = 0;
    for (const element of frames) {
      const frame = frameOf(element);
      element.setAttribute("role", "button");
      element.setAttribute("aria-label", this.#label(frame));
      element.setAttribute("tabindex", frame.id === this.#at ? "0" : "-1");
    }
  }

  #key(event: KeyboardEvent): void {
    const element = (event.target as Element).closest<SVGGElement>("g.frame");
    if (element === null) return;
    const frame = frameOf(element);
    const around = (frame.parent?.children ?? []).filter(({ data }) => data.hide !== true);
    const at = around.indexOf(frame);
    const targets: Readonly<Record<string, Frame<Node> | null | undefined>> = {
      ArrowUp: frame.parent,
      ArrowDown: frame.children?.find(({ data }) => data.hide !== true),
      ArrowLeft: around[at - 1],
      ArrowRight: around[at + 1],
    };
    if (event.key === "Enter" || event.key === " ") {
      this.#graph.zoomTo(frame);
      this.#focus(frame);
    } else if (event.key === "Escape") this.#reset();
    else if (event.key in targets) this.#focus(targets[event.key] ?? undefined);
    else return;
    event.preventDefault();
  }

  #focus(frame: Frame<Node> | undefined): void {
    const element = this.#frames().find((each) => frameOf(each).id === frame?.id);
    if (frame === undefined || element === undefined) return;
    this.#at = frame.id;
    this.#reach();
    element.focus();
    this.#tell(this.#label(frame));
  }
}

function frameOf(element: SVGGElement): Frame<Node> {
  return select<SVGGElement, Frame<Node>>(element).datum();
}

function nodeOf([name, value, children = []]: FlameNode, names: readonly string[]): Node {
  return { name: names[name] ?? "", value, children: children.map((child) => nodeOf(child, names)) };
}

/**
 * Functions of a package have one colour: warm ones are the program's and its modules', cold ones the standard library's.
 * Those of the runtime, and sums of others, are grey.
 */
function fill({ data: { name }, highlight = false, parent }: Frame<Node>): string {
  if (highlight) return color("--mark");
  const light = color("--frame-light");
  if (parent === null || name.startsWith("(") || RUNTIME.test(name)) return `hsl(215 9% ${light})`;
  const path = packageOf(name);
  const isOwn = path === "main" || path.split("/")[0]?.includes(".") === true;
  const hues = isOwn ? OWN : LIBRARY;
  return `hsl(${hues[hashOf(path) % hues.length]} ${color(isOwn ? "--frame-own" : "--frame-library")} ${light})`;
}

function packageOf(name: string): string {
  const slash = name.lastIndexOf("/");
  const dot = name.indexOf(".", slash + 1);
  return dot < 0 ? name : name.slice(0, dot);
}

function hashOf(text: string): number {
  let hash = 7;
  for (const char of text) hash = (Math.imul(hash, 31) + (char.codePointAt(0) ?? 0)) >>> 0;
  return hash;
}
