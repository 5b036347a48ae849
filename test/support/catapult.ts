import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Browser, browserMissing } from "./browser.js";
import { goSourceWith } from "./go-tool.js";
import { optionalPart } from "./optional.js";
import { StaticServer } from "./static-server.js";

/** Where Go has the viewer of its `go tool trace`: Chrome's own, from the catapult project. */
const FOLDER = "src/internal/trace/traceviewer/static";
const VIEWER = "trace_viewer_full.html";
/** It draws nothing without a height. */
const STYLE = "html, body, #trace-viewer { width: 100%; height: 100%; margin: 0; overflow: hidden; }";
/** What the viewer needs in a browser of today. */
const POLYFILL = "webcomponents.min.js";
const LOADED = 120_000;

/** What the viewer has made of a file. */
export interface CatapultModel {
  readonly warnings: readonly string[];
  /** Headings of all that it draws, from top to bottom. */
  readonly headings: readonly string[];
  /** Rows of threads by process. */
  readonly rows: readonly (readonly [process: string, thread: string])[];
  /** By the name of a process: slices, and their durations added up, in nanoseconds. */
  readonly slices: Readonly<Record<string, { readonly count: number; readonly time: number }>>;
  readonly arrows: number;
  readonly asyncSlices: number;
  /** Values by counter and series. */
  readonly counters: Readonly<Record<string, number>>;
  /** Stacks that slices have, innermost frame first. */
  readonly stacks: readonly string[];
}

// What the viewer's model has, as far as it is used here.
interface Frame {
  readonly title: string;
  readonly parentFrame?: Frame;
}
interface Slice {
  readonly duration: number;
  readonly startStackFrame?: Frame;
}
interface Thread {
  readonly userFriendlyName: string;
  readonly name?: string;
  readonly sliceGroup: { readonly slices: readonly Slice[] };
  readonly asyncSliceGroup: { readonly slices: readonly unknown[] };
}
interface Counter {
  readonly name: string;
  readonly series: readonly { readonly name: string; readonly samples: readonly unknown[] }[];
}
interface Process {
  readonly name?: string;
  readonly threads: Readonly<Record<string, Thread>>;
  readonly counters: Readonly<Record<string, Counter>>;
  compareTo(other: Process): number;
}
interface Model {
  readonly importWarnings: readonly { readonly message: string }[];
  readonly flowEvents: readonly unknown[];
  getAllProcesses(): Process[];
}
interface ViewerWindow {
  readonly Polymer: { dom(node: Node): { appendChild(child: Node): void } };
  readonly tr: {
    readonly Model: new () => Model;
    readonly importer: {
      readonly Import: new (model: Model) => { importTraces(traces: readonly string[]): void };
    };
  };
}
interface TimelineView extends HTMLElement {
  model: Model;
  track_view_container: HTMLElement;
}
declare const window: ViewerWindow;

/** The folder with the viewer; undefined where it or a browser is not to be had, and then `part` is left out. */
export function catapultFolder(part: string): string | undefined {
  const reason = browserMissing();
  if (!optionalPart(part, () => reason)) return undefined;
  const go = goSourceWith(join(FOLDER, VIEWER), part);
  return go && join(go.root, FOLDER);
}

/** Chrome's trace viewer, as Go ships it, in a real browser. */
export class Catapult {
  readonly #browser: Browser;
  readonly #server: StaticServer;
  readonly #folder: string;
  readonly #page: string;

  private constructor(browser: Browser, server: StaticServer, folder: string, page: string) {
    this.#browser = browser;
    this.#server = server;
    this.#folder = folder;
    this.#page = page;
  }

  static async start(viewer: string): Promise<Catapult> {
    const server = await StaticServer.start(viewer);
    const folder = await mkdtemp(join(tmpdir(), "go2perfetto-catapult-"));
    const page = join(folder, "index.html");
    const head = `<script src="/${POLYFILL}"></script><link rel="import" href="/${VIEWER}">`;
    const style = `<style>${STYLE}</style>`;
    await writeFile(page, `<!DOCTYPE html><html><head>${head}${style}</head><body></body></html>`);
    const browser = await Browser.start({ width: 1600, height: 1000 });
    return new Catapult(browser, server, folder, server.add("index.html", page));
  }

  /** Opens a file of JSON. @throws Error with what the viewer says against it */
  async open(path: string): Promise<CatapultModel> {
    const page = await this.#browser.context.newPage();
    try {
      await page.goto(this.#page);
      await page.waitForFunction(() => window.tr?.importer?.Import !== undefined, undefined, {
        timeout: LOADED,
      });
      const model = await page.evaluate(read, this.#server.add("trace.json", path));
      return model;
    } finally {
      await page.close();
    }
  }

  async close(): Promise<void> {
    await this.#browser.close();
    await this.#server.close();
    await rm(this.#folder, { recursive: true });
  }
}

/** Runs in the page. */
async function read(address: string): Promise<CatapultModel> {
  const text = await (await fetch(address)).text();
  const { tr, Polymer } = window;
  const model = new tr.Model();
  new tr.importer.Import(model).importTraces([text]);
  // What it cannot draw it throws.
  const view = document.createElement("tr-ui-timeline-view") as TimelineView;
  const container = document.createElement("track-view-container");
  container.id = "track_view_container";
  view.track_view_container = container;
  Polymer.dom(view).appendChild(container);
  view.id = "trace-viewer";
  Polymer.dom(document.body).appendChild(view);
  view.model = model;
  await new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve)));
  const drawn = document.querySelectorAll("tr-ui-b-heading, .process-track-name");
  const headings = Array.from(drawn, ({ textContent }) =>
    (textContent ?? "")
      .trim()
      .replace(/^▾\s*/, "")
      .replace(/ \(pid \d+\)$/, ""),
  );
  const processes = model.getAllProcesses().sort((a, b) => a.compareTo(b));
  const stacks = new Set<string>();
  const slices: Record<string, { count: number; time: number }> = {};
  const counters: Record<string, number> = {};
  const rows: [string, string][] = [];
  let asyncSlices = 0;
  for (const process of processes) {
    const of = { count: 0, time: 0 };
    slices[process.name ?? ""] = of;
    for (const { name, series } of Object.values(process.counters))
      for (const each of series) counters[`${name} ${each.name}`] = each.samples.length;
    for (const thread of Object.values(process.threads)) {
      rows.push([process.name ?? "", thread.name ?? ""]);
      asyncSlices += thread.asyncSliceGroup.slices.length;
      for (const slice of thread.sliceGroup.slices) {
        of.count++;
        of.time += Math.round(slice.duration * 1e6);
        const titles: string[] = [];
        for (let frame = slice.startStackFrame; frame !== undefined; frame = frame.parentFrame)
          titles.push(frame.title);
        if (titles.length > 0) stacks.add(titles.join(" < "));
      }
    }
  }
  return {
    warnings: model.importWarnings.map(({ message }) => message),
    headings,
    rows,
    slices,
    arrows: model.flowEvents.length,
    asyncSlices,
    counters,
    stacks: [...stacks],
  };
}
