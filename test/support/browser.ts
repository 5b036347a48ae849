import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type BrowserContext, chromium } from "playwright-core";
import { installedProgram, missingProgram } from "./installed-program.js";

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

/** Why there is no browser; undefined if there is one. */
export function browserMissing(): string | undefined {
  return missingProgram(BROWSERS);
}

/** An installed Chromium without a window, cut off from all networks, with a profile of its own. */
export class Browser {
  readonly context: BrowserContext;
  readonly #profile: string;

  private constructor(context: BrowserContext, profile: string) {
    this.context = context;
    this.#profile = profile;
  }

  /** @throws Error when there is none: see {@link browserMissing} */
  static async start(
    viewport: { readonly width: number; readonly height: number },
    flags: readonly string[] = [],
  ): Promise<Browser> {
    const executablePath = installedProgram(BROWSERS);
    if (executablePath === undefined) throw new Error("there is no browser");
    const profile = await mkdtemp(join(tmpdir(), "go2perfetto-chromium-"));
    const context = await chromium.launchPersistentContext(profile, {
      executablePath,
      viewport,
      args: [...FLAGS, ...flags],
    });
    return new Browser(context, profile);
  }

  async close(): Promise<void> {
    await this.context.close();
    await rm(this.#profile, { recursive: true, force: true });
  }
}
