import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import puppeteer, { type Browser, type Page } from "puppeteer-core";
import { installedProgram, missingProgram } from "./installed-program.js";
import { optionalPart } from "./optional.js";

const BROWSERS = ["firefox-esr", "firefox"];
/** Milliseconds for a download. */
const PATIENCE = 60_000;

/** Whether Firefox is installed; if not, `part` is left out as `optionalPart` says. */
export function haveFirefox(part: string): boolean {
  return optionalPart(part, () => missingProgram(BROWSERS));
}

/** An installed Firefox without a window, with a profile of its own. */
export class Firefox {
  readonly #browser: Browser;
  /** Where it puts what is downloaded. */
  readonly #downloads: string;

  private constructor(browser: Browser, downloads: string) {
    this.#browser = browser;
    this.#downloads = downloads;
  }

  /** @param downloads an empty folder for downloads @throws Error when there is no Firefox: see {@link haveFirefox} */
  static async start(downloads: string): Promise<Firefox> {
    const executablePath = installedProgram(BROWSERS);
    if (executablePath === undefined) throw new Error("there is no Firefox");
    const extraPrefsFirefox = {
      // A folder that the next setting names.
      "browser.download.folderList": 2,
      "browser.download.dir": downloads,
      "browser.download.useDownloadDir": true,
    };
    const browser = await puppeteer.launch({ browser: "firefox", executablePath, extraPrefsFirefox });
    return new Firefox(browser, downloads);
  }

  async open(address: string): Promise<Page> {
    const page = await this.#browser.newPage();
    await page.goto(address);
    return page;
  }

  /** The bytes of a file that was downloaded, once they are all there. @throws Error if they are not in time */
  async downloaded(name: string): Promise<Buffer> {
    for (const since = performance.now(); performance.now() - since < PATIENCE; await pause(50)) {
      const files = await readdir(this.#downloads);
      // As long as it is being written, it has a second name.
      if (files.includes(name) && !files.some((file) => file.endsWith(".part")))
        return readFile(join(this.#downloads, name));
    }
    throw new Error(`Firefox has not downloaded ${name}`);
  }

  close(): Promise<void> {
    return this.#browser.close();
  }
}
