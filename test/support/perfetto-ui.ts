import { basename } from "node:path";
import type { Page } from "playwright-core";
import { Browser, browserMissing } from "./browser.js";
import { optionalPart } from "./optional.js";
import { unavailable } from "./perfetto-tools.js";
import { perfettoUiDir } from "./perfetto-ui-files.js";
import { StaticServer } from "./static-server.js";
import { UiTrace } from "./ui-trace.js";

export interface UiOptions {
  /** Of the window, in pixels. */
  readonly width?: number;
  readonly height?: number;
  /** How long it may take to load a trace, in milliseconds: less than a test may take, by default. */
  readonly patience?: number;
  /** Whether the traces are small: to optimize the engine's code takes a processor longer than they do. */
  readonly small?: boolean;
}

/** Whether a browser and Perfetto's UI can be had; if not, `part` is left out as `optionalPart` says. */
export async function havePerfettoUi(part: string): Promise<boolean> {
  const reason = browserMissing() ?? (await perfettoUiDir().then(() => undefined, unavailable));
  return optionalPart(part, () => reason);
}

/** Perfetto's real UI in a browser without a window, cut off from all networks. */
export class PerfettoUi {
  readonly #server: StaticServer;
  readonly #browser: Browser;
  readonly #patience: number;

  private constructor(server: StaticServer, browser: Browser, patience: number) {
    this.#server = server;
    this.#browser = browser;
    this.#patience = patience;
  }

  /** @throws Error when there is no browser or no UI: see {@link havePerfettoUi} */
  static async start({
    width = 1600,
    height = 1000,
    patience = 150_000,
    small = false,
  }: UiOptions = {}): Promise<PerfettoUi> {
    // The package's UI asks for a trace of its own when it is opened without one, as Perfetto's does not. A route of the browser
    // that refuses it would switch the browser's cache off.
    const server = await StaticServer.start(await perfettoUiDir(), ["/vizviewer_info"]);
    const browser = await Browser.start({ width, height }, small ? ["--js-flags=--liftoff-only"] : []);
    // The UI would lay hints for new users over the picture.
    await browser.context.addInitScript(() => {
      localStorage.setItem("dismissedPanningHint", "true");
      localStorage.setItem("cookieAck", "true");
    });
    return new PerfettoUi(server, browser, patience);
  }

  /** Where the UI is, on this machine. */
  get origin(): string {
    return this.#server.origin;
  }

  /** Opens a trace in a page of its own, ready to be looked at. @throws Error with what the UI says against it */
  async open(path: string): Promise<UiTrace> {
    const trace = this.#server.add(basename(path), path);
    return this.follow(`${this.#server.origin}/#!/?hideSidebar=true&url=${encodeURIComponent(trace)}`);
  }

  /** Follows a link to the UI that has it open a trace, likewise. */
  async follow(link: string): Promise<UiTrace> {
    const page = await this.#browser.context.newPage();
    await page.goto(link);
    return UiTrace.loaded(page, this.#patience);
  }

  /**
   * Opens a page that opens the UI when its button is clicked, and hands it a trace.
   * @param prepare what to do on the page before
   */
  async clickThrough(link: string, prepare?: (page: Page) => Promise<void>): Promise<UiTrace> {
    const page = await this.#browser.context.newPage();
    await page.goto(link);
    await prepare?.(page);
    const [viewer] = await Promise.all([page.waitForEvent("popup"), page.locator("button").first().click()]);
    const trace = await UiTrace.loaded(viewer, this.#patience).catch(async (error) => {
      throw new Error(`${error.message}\nThe page that opened it shows: ${await page.innerText("body")}`);
    });
    await page.close();
    return trace;
  }

  async close(): Promise<void> {
    await this.#browser.close();
    await this.#server.close();
  }
}
