import { existsSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { basename, delimiter, join } from "node:path";
import { type BrowserContext, chromium } from "playwright-core";
import { optionalPart } from "./optional.js";
import { unavailable } from "./perfetto-tools.js";
import { perfettoUiDir } from "./perfetto-ui-files.js";
import { StaticServer } from "./static-server.js";
import { UiTrace } from "./ui-trace.js";

const BROWSERS = ["chromium", "chromium-browser", "google-chrome"];

const FLAGS = [
  "--no-sandbox",
  "--disable-gpu",
  "--disable-dev-shm-usage",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
  "--no-first-run",
  // Whatever the page asks of the network beyond this machine fails at once.
  "--host-resolver-rules=MAP * ~NOTFOUND , EXCLUDE 127.0.0.1",
];

export interface UiOptions {
  /** Of the window, in pixels. */
  readonly width?: number;
  readonly height?: number;
}

/** Whether a browser and Perfetto's UI can be had; if not, `part` is left out as `optionalPart` says. */
export async function havePerfettoUi(part: string): Promise<boolean> {
  const reason =
    browserPath() === undefined
      ? `none of ${BROWSERS.join(", ")} is installed`
      : await perfettoUiDir().then(() => undefined, unavailable);
  return optionalPart(part, () => reason);
}

/** Perfetto's real UI in a browser without a window, cut off from all networks. */
export class PerfettoUi {
  readonly #server: StaticServer;
  readonly #context: BrowserContext;
  readonly #profile: string;

  private constructor(server: StaticServer, context: BrowserContext, profile: string) {
    this.#server = server;
    this.#context = context;
    this.#profile = profile;
  }

  /** @throws Error when there is no browser or no UI: see {@link havePerfettoUi} */
  static async start({ width = 1600, height = 1000 }: UiOptions = {}): Promise<PerfettoUi> {
    const executablePath = browserPath();
    if (executablePath === undefined) throw new Error("there is no browser");
    const server = await StaticServer.start(await perfettoUiDir());
    const profile = await mkdtemp(join(tmpdir(), "go2perfetto-chromium-"));
    const viewport = { width, height };
    const context = await chromium.launchPersistentContext(profile, {
      executablePath,
      viewport,
      args: FLAGS,
    });
    // The UI would lay hints for new users over the picture.
    await context.addInitScript(() => {
      localStorage.setItem("dismissedPanningHint", "true");
      localStorage.setItem("cookieAck", "true");
    });
    // The package's UI asks for a trace of its own when it is opened without one, as Perfetto's does not.
    await context.route("**/vizviewer_info", (route) => route.abort());
    return new PerfettoUi(server, context, profile);
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
    const page = await this.#context.newPage();
    await page.goto(link);
    return UiTrace.loaded(page);
  }

  /** Opens a page that opens the UI when its button is clicked, and hands it a trace. */
  async clickThrough(link: string): Promise<UiTrace> {
    const page = await this.#context.newPage();
    await page.goto(link);
    const [viewer] = await Promise.all([page.waitForEvent("popup"), page.locator("button").click()]);
    const trace = await UiTrace.loaded(viewer);
    await page.close();
    return trace;
  }

  async close(): Promise<void> {
    await this.#context.close();
    await this.#server.close();
    await rm(this.#profile, { recursive: true, force: true });
  }
}

function browserPath(): string | undefined {
  const folders = (process.env.PATH ?? "").split(delimiter);
  return BROWSERS.flatMap((name) => folders.map((dir) => join(dir, name))).find((path) => existsSync(path));
}
