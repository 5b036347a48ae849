// @module-tag long
import { once } from "node:events";
import { copyFileSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
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

  test("has charts and flame graphs that fit when it copies a report for paper", async () => {
    const path = join(folder, "printed.html");
    expect(go2perfetto(["stats", fixture("annotations-go1.26.trace"), "--html", path]).code).toBe(0);
    const page = await firefox.open(pathToFileURL(path).href);
    await page.waitForSelector("canvas");
    await page.evaluate(() => {
      const seen: unknown[] = [];
      Object.assign(window, { seen });
      matchMedia("print").addEventListener("change", ({ matches }) => {
        const empty = [...document.querySelectorAll("canvas")].filter((canvas) => {
          const picture = canvas.getContext("2d")?.getImageData(0, 0, canvas.width, canvas.height);
          return picture?.data.every((value) => value === 0);
        });
        const graphs = [...document.querySelectorAll(".flame svg")];
        const views = graphs.map((graph) => {
          const [width, height] = [graph.getAttribute("width"), graph.getAttribute("height")];
          return graph.getAttribute("viewBox") === `0 0 ${width} ${height}`;
        });
        seen.push([matches, empty.length, views]);
      });
    });
    // All pages would take seconds.
    await page.pdf({ pageRanges: "1" });
    expect(await page.evaluate(() => (window as unknown as { seen: unknown }).seen)).toEqual([
      [true, 0, [true, true, true, true]],
      [false, 0, [false, false, false, false]],
    ]);
    await page.close();
  });
});
