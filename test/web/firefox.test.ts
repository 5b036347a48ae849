// @module-tag long
import { once } from "node:events";
import { copyFileSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { ElementHandle, Page } from "puppeteer-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { emptyFolder, fixture, go2perfetto, start } from "../cli/command.js";
import { Firefox, haveFirefox } from "../support/firefox.js";

const haveIt = haveFirefox("the page in Firefox");

describe.runIf(haveIt)("the page in Firefox", () => {
  const folder = emptyFolder();
  let server: ReturnType<typeof start>;
  let firefox: Firefox;
  let address = "";

  beforeAll(async () => {
    server = start(["page", "--no-browser"], folder);
    const [line] = await once(server.stderr, "data");
    address = String(line).trim();
    firefox = await Firefox.start(emptyFolder());
  });

  afterAll(async () => {
    await firefox?.close();
    server.kill();
  });

  async function opened(file: string): Promise<Page> {
    const page = await firefox.open(address);
    const input = (await page.$("#files")) as ElementHandle<HTMLInputElement>;
    await input.uploadFile(file);
    return page;
  }

  /** The bytes of what a click on a text downloads. */
  async function saved(page: Page, text: string, name: string): Promise<Buffer> {
    await page.locator(`::-p-text(${text})`).click();
    return firefox.downloaded(name);
  }

  test.each(["annotations-go1.26", "cpusamples-go1.19"])(
    "%s: writes to the byte what the command line writes",
    async (trace) => {
      const page = await opened(fixture(`${trace}.trace`));
      for (const ending of ["pftrace", "json", "trim.trace"]) {
        const name = `${trace}.${ending}`;
        const bytes = await saved(page, `Download .${ending}`, name);
        expect(go2perfetto([fixture(`${trace}.trace`), "-o", join(folder, name)]).code).toBe(0);
        expect([name, bytes.equals(readFileSync(join(folder, name)))]).toEqual([name, true]);
      }
      await page.close();
    },
  );

  test("shows the report that stats --html writes", async () => {
    const trace = "annotations-go1.26.trace";
    copyFileSync(fixture(trace), join(folder, trace));
    const page = await opened(join(folder, trace));
    await page.locator("::-p-text(Report)").click();
    const frame = await (await page.waitForSelector("iframe"))?.contentFrame();
    // Drawn by its script.
    expect(await frame?.waitForSelector("canvas")).not.toBeNull();
    // The links of its contents do not lead out of it.
    await (await frame?.$('nav a[href="#flames"]'))?.click();
    const heading = await frame?.evaluate(() => document.activeElement?.textContent);
    expect(heading).toBe("Flame graphs");
    const name = "annotations-go1.26.html";
    const bytes = await saved(page, "Save the report", name);
    expect(go2perfetto(["stats", trace, "--html", name], { cwd: folder }).code).toBe(0);
    expect(bytes.equals(readFileSync(join(folder, name)))).toBe(true);
    await page.close();
  });
});
