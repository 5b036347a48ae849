// @module-tag long
import { once } from "node:events";
import {
  copyFileSync,
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  writeFileSync,
} from "node:fs";
import { basename, join } from "node:path";
import { fileURLToPath } from "node:url";
import { gunzipSync, gzipSync } from "node:zlib";
import type { CDPSession, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { emptyFolder, filesIn, fixture, go2perfetto, start } from "../cli/command.js";
import { Browser, browserMissing } from "../support/browser.js";
import { manyTurns } from "../support/large-traces.js";
import { optionalPart } from "../support/optional.js";
import { havePerfettoUi, PerfettoUi } from "../support/perfetto-ui.js";
import { StaticServer } from "../support/static-server.js";
import { V1TraceBuilder } from "../support/trace-v1-builder.js";

const haveBrowser = await optionalPart("the page in a browser", browserMissing);

const haveUi = await havePerfettoUi("the page and Perfetto's UI");

/** Makes the files of a page into those of another build, whose scripts have other names. */
function renameScripts(root: string): void {
  const assets = readdirSync(join(root, "assets"));
  const texts = ["index.html", "service-worker.js", ...assets.map((name) => `assets/${name}`)];
  for (const script of ["page", "worker"]) {
    const name = assets.find((file) => file.startsWith(`${script}-`) && file.endsWith(".js")) as string;
    for (const path of texts.map((text) => join(root, text))) {
      const text = readFileSync(path, "utf8").replace(/BUILD = "\w+"/, 'BUILD = "next"');
      writeFileSync(path, text.replaceAll(name, `${script}-next.js`));
    }
    renameSync(join(root, "assets", name), join(root, "assets", `${script}-next.js`));
    texts.splice(texts.indexOf(`assets/${name}`), 1);
  }
}

/** The number of blobs and files that a page keeps. */
async function blobsOf(page: Page, session: CDPSession): Promise<number> {
  // Garbage that is collected below seems in use if a number on the stack happens to be its address.
  await page.requestGC();
  const { result } = await session.send("Runtime.evaluate", { expression: "Blob.prototype" });
  const { objects } = await session.send("Runtime.queryObjects", {
    prototypeObjectId: result.objectId as string,
  });
  const count = await session.send("Runtime.callFunctionOn", {
    objectId: objects.objectId as string,
    functionDeclaration: "function () { return this.filter((each) => each !== File.prototype).length; }",
    returnByValue: true,
  });
  return count.result.value as number;
}

const TRACE = fixture("annotations-go1.26.trace");

describe.runIf(haveBrowser)("the page", () => {
  const folder = emptyFolder();
  let server: ReturnType<typeof start>;
  let browser: Browser;
  let address: string;
  /** What any page, worker or service worker asked of any server. */
  const requests: string[] = [];

  beforeAll(async () => {
    server = start(["page", "--no-browser"], folder);
    const [line] = await once(server.stderr, "data");
    address = String(line).trim();
    browser = await Browser.start({ width: 1000, height: 800 });
    browser.context.on("request", (request) => requests.push(request.url()));
  });

  afterAll(async () => {
    await browser.close();
    server.kill();
  });

  async function opened(...files: string[]): Promise<Page> {
    const page = await browser.context.newPage();
    await page.goto(address);
    if (files.length > 0) await page.setInputFiles("#files", files);
    return page;
  }

  /** The bytes of what a click downloads, under the name that the page gives it. */
  async function downloaded(page: Page, name: string): Promise<[name: string, bytes: Buffer]> {
    const target = page.getByText(name, { exact: true });
    const [download] = await Promise.all([page.waitForEvent("download"), target.click()]);
    return [download.suggestedFilename(), readFileSync(await download.path())];
  }

  /** What the command line writes under a name, once. */
  function written(name: string, ...args: string[]): Buffer {
    if (existsSync(join(folder, name))) return readFileSync(join(folder, name));
    const result = go2perfetto([...args, "-o", join(folder, name)]);
    expect(result.stderr).not.toContain("error");
    return readFileSync(join(folder, name));
  }

  /** A trace that takes seconds. */
  function largeTrace(): string {
    const file = join(folder, "large.trace");
    if (!existsSync(file)) writeFileSync(file, manyTurns(3_000_000));
    return file;
  }

  const messages = (page: Page) => page.locator("article .warning, article .error, article .advice");

  test("writes to the byte what the command line writes", async () => {
    const page = await opened(TRACE);
    const [name, pftrace] = await downloaded(page, "Download .pftrace");
    expect(name).toBe("annotations-go1.26.pftrace");
    expect(pftrace.equals(written("whole.pftrace", TRACE))).toBe(true);
    const [, json] = await downloaded(page, "Download .json");
    expect(json.equals(written("whole.json", TRACE))).toBe(true);
    const [, trace] = await downloaded(page, "Download .trim.trace");
    expect(trace.equals(written("whole.trace", TRACE))).toBe(true);
    await page.close();
  });

  test("does that also with options, of a part, and of what is gzipped", async () => {
    const zipped = join(folder, "zipped.trace.gz");
    writeFileSync(zipped, gzipSync(readFileSync(TRACE)));
    const page = await opened();
    await page.click("#options summary");
    // What belongs together is named for screen readers.
    for (const [group, box] of [
      ["Part of the trace", "also goroutines that woke or created these"],
      ["Tracks", "threads"],
    ] as const)
      await page.getByRole("group", { name: group }).getByRole("checkbox", { name: box }).waitFor();
    await page.selectOption("[name=detail]", "full");
    await page.selectOption("[name=stacks]", "annotation");
    await page.fill("[name=from]", "100us");
    await page.fill("[name=goroutine]", "/main/");
    await page.check("[name=tracks][value=runs]");
    await page.setInputFiles("#files", zipped);
    const [name, bytes] = await downloaded(page, "Download .pftrace");
    expect(name).toBe("zipped.pftrace");
    const options = ["--detail", "full", "--stacks", "annotation", "--tracks", "default,runs"];
    const part = ["--from", "100us", "--goroutine", "/main/"];
    expect(bytes.equals(written("part.pftrace", zipped, ...options, ...part))).toBe(true);
    await page.close();
  });

  test("hides the names of the program and of the file in all that it writes", async () => {
    const file = "payments-at-acme";
    const secrets = (bytes: Buffer) => ["main.", file].filter((secret) => bytes.includes(secret));
    const page = await opened();
    await page.click("#options summary");
    await page.check("[name=anonymize]");
    copyFileSync(TRACE, join(folder, `${file}.trace`));
    await page.setInputFiles("#files", join(folder, `${file}.trace`));
    for (const format of ["pftrace", "json", "trim.trace"]) {
      const [name, bytes] = await downloaded(page, `Download .${format}`);
      expect([name, secrets(bytes)]).toEqual([`trace.${format}`, []]);
    }
    expect(secrets(readFileSync(TRACE))).toEqual(["main."]);
    await page.getByText("Report", { exact: true }).click();
    const [name, report] = await downloaded(page, "Save the report");
    expect([name, secrets(report)]).toEqual(["trace.html", []]);
    await page.getByText("Profiles", { exact: true }).click();
    const [profile, zipped] = await downloaded(page, "wait: waiting, for any reason");
    expect([profile, secrets(gunzipSync(zipped))]).toEqual(["trace.wait.pb.gz", []]);
    await page.close();
  });

  test("writes the profiles of the command line", async () => {
    const page = await opened(TRACE);
    await page.getByText("Profiles", { exact: true }).click();
    await page.locator("article a.file").first().waitFor();
    const all = join(folder, "profiles");
    expect(go2perfetto(["pprof", "--all", TRACE, "-o", all]).code).toBe(0);
    for (const link of await page.locator("article a.file").all()) {
      const [download] = await Promise.all([page.waitForEvent("download"), link.click()]);
      const kind = download.suggestedFilename().split(".").at(-3) as string;
      const expected = filesIn(all).find((file) => file.endsWith(`${kind}.pb.gz`)) as string;
      const bytes = gunzipSync(readFileSync(await download.path()));
      expect([kind, bytes.equals(gunzipSync(readFileSync(join(all, expected))))]).toEqual([kind, true]);
    }
    await page.close();
  });

  test("says so when no profile has a sample, in the line that is free for it among several traces", async () => {
    const page = await opened();
    await page.setViewportSize({ width: 400, height: 800 });
    const file = fixture("go-tests/go122-task-across-generations.trace");
    await page.setInputFiles("#files", [file, TRACE]);
    await page.getByText(/ 729 events$/).waitFor();
    const place = () => page.locator("article").last().boundingBox();
    const before = await place();
    await page.getByText("Profiles", { exact: true }).first().click();
    const message = page.getByText("warning: The trace has no samples for any profile.");
    await message.waitFor();
    expect(await place()).toEqual(before);
    // The line is too short for it.
    await message.press("Enter");
    expect((await place())?.y).toBeGreaterThan(before?.y ?? 0);
    await page.close();
  });

  test("says how to get what is missing: names of functions, and full detail of a large trace", async () => {
    const trace = new V1TraceBuilder(5);
    trace.add(trace.batch(0, 0, 1000), trace.event("ProcStart", 1, 1, 0), trace.event("ProcStop", 1, 9));
    const file = join(folder, "nameless.trace");
    writeFileSync(file, trace.add(trace.frequency(1e9)).bytes());
    const page = await opened(file);
    await page.getByText("go2perfetto IN --binary EXE").waitFor();
    expect(await messages(page).allTextContents()).toHaveLength(2);
    const large = join(folder, "padded.trace");
    writeFileSync(large, Buffer.concat([readFileSync(TRACE), Buffer.alloc(6_000_000)]));
    await page.setInputFiles("#files", large);
    await page.getByText("choose detail “full” in the options").waitFor({ state: "attached" });
    await page.close();
  });

  test("takes the traces in a folder that is dropped, and lets go of a trace that is removed", async () => {
    const shop = join(folder, "shop");
    mkdirSync(join(shop, "logs/.git"), { recursive: true });
    copyFileSync(TRACE, join(shop, "one.trace"));
    writeFileSync(join(shop, "logs/out"), gzipSync(readFileSync(TRACE)));
    writeFileSync(join(shop, "logs/readme"), "go 1.26 is what it needs");
    const page = await opened();
    const session = await browser.context.newCDPSession(page);
    const drop = async (data: { files?: string[]; items?: { mimeType: string; data: string }[] }) => {
      for (const type of ["dragEnter", "dragOver", "drop"] as const)
        await session.send("Input.dispatchDragEvent", {
          type,
          x: 200,
          y: 200,
          data: { items: [], dragOperationsMask: 1, ...data },
        });
    };
    await page.evaluate(() => {
      const urls = new Set<string>();
      const { createObjectURL, revokeObjectURL } = URL;
      URL.createObjectURL = (blob) => {
        const url = createObjectURL(blob);
        urls.add(url);
        return url;
      };
      URL.revokeObjectURL = (url) => {
        revokeObjectURL(url);
        urls.delete(url);
      };
      Object.assign(window, { urls });
    });
    const urls = () => page.evaluate(() => (window as unknown as { urls: Set<string> }).urls.size);
    const told = page.locator("#told");
    await drop({ items: [{ mimeType: "text/plain", data: "trace.out" }] });
    expect(await told.innerText()).toBe("What was dropped is not a file.");
    await drop({ files: [shop, fixture("hello-go1.9.trace")] });
    await told.getByText("shop: 2 traces; left out: 1 other file, 1 hidden.").waitFor();
    expect(await page.locator("h2").allInnerTexts()).toEqual([
      "shop/logs/out",
      "shop/one.trace",
      "hello-go1.9.trace",
    ]);
    await page.getByText("Report", { exact: true }).first().click();
    await page.getByText("Profiles", { exact: true }).first().click();
    await page.locator("iframe").waitFor();
    await page.locator("article a.file").nth(1).waitFor();
    expect(await urls()).toBeGreaterThan(1);
    await page.setInputFiles("#files", largeTrace());
    await page
      .locator("article")
      .first()
      .getByText(/ events$/)
      .waitFor();
    // The second click of a double click falls on the next trace.
    const { x, y } = (await page.getByLabel("Remove shop/logs/out").boundingBox()) ?? { x: 0, y: 0 };
    await page.mouse.dblclick(x + 9, y + 9);
    expect(await page.locator("h2").allInnerTexts()).toHaveLength(3);
    expect(page.workers()).toHaveLength(1);
    for (let left = 3; left > 0; left--) await page.keyboard.press("Enter");
    expect(await page.locator("article").count()).toBe(0);
    expect(await page.evaluate(() => document.activeElement?.id)).toBe("files");
    await expect.poll(() => page.workers()).toEqual([]);
    await expect.poll(async () => [await blobsOf(page, session), await urls()]).toEqual([0, 0]);
    await page.close();
  });

  test("shows the report that stats --html writes, with links to the program's own tracing", async () => {
    const viewer = `${address}?trace={trace_id}`;
    const page = await opened();
    await page.click("#options summary");
    await page.fill("[name=trace-url]", viewer);
    const name = "otel.trace";
    copyFileSync(fixture(`program-spans/${name}`), join(folder, name));
    await page.setInputFiles("#files", join(folder, name));
    await page.getByText("Report", { exact: true }).click();
    const report = page.frameLocator("iframe");
    await report.getByRole("heading", { name }).waitFor();
    // Drawn by its script.
    await report.locator("canvas").first().waitFor();
    const contents = report.getByRole("link", { name: "Flame graphs" });
    await contents.click();
    const flames = report.getByRole("heading", { name: "Flame graphs" });
    const isFocused = () => flames.evaluate((heading) => heading === document.activeElement);
    expect(await isFocused()).toBe(true);
    const top = () => flames.evaluate((heading) => heading.getBoundingClientRect().top);
    await expect.poll(top).toBeLessThan(200);
    const link = report.locator("#tasks a").first();
    const [tab] = await Promise.all([page.waitForEvent("popup"), link.click()]);
    expect(tab.url()).toBe(viewer.replace("{trace_id}", await link.innerText()));
    // A site may use what is its own, although the report itself may not.
    expect(await tab.evaluate(() => [origin === location.origin, opener])).toEqual([true, null]);
    await tab.close();
    const [saved, bytes] = await downloaded(page, "Save the report");
    const args = ["stats", name, "--html", saved, "--trace-url", viewer];
    expect(go2perfetto(args, { cwd: folder }).code).toBe(0);
    expect(bytes.equals(readFileSync(join(folder, saved)))).toBe(true);
    await page.close();
  });

  test("says what the command line says of a file that is cut, and of one that is no trace", async () => {
    const cut = join(folder, "cut.trace");
    writeFileSync(cut, readFileSync(TRACE).subarray(0, 20_000));
    const none = join(folder, "none.json");
    copyFileSync(fixture("../../package.json"), none);
    for (const file of [cut, none]) {
      const page = await opened(file);
      await messages(page).first().waitFor();
      const { stderr } = go2perfetto([basename(file), "-o", "x.pftrace", "--quiet"], { cwd: folder });
      const lines = stderr.split("\n").map((line) => line.trim());
      expect(await messages(page).allTextContents()).toEqual(lines.filter(Boolean));
      await page.close();
    }
  });

  test.each([1000, 400])("moves nothing while traces are read, %i px wide", async (width) => {
    const page = await opened();
    await page.setViewportSize({ width, height: 800 });
    // Its own change of size is no move.
    await page.reload();
    const moved = page.evaluate(
      () =>
        new Promise<string[]>((resolve) => {
          const texts: string[] = [];
          new PerformanceObserver((list) => {
            for (const shift of list.getEntries() as (PerformanceEntry & { sources: { node: Node }[] })[])
              texts.push(...shift.sources.map(({ node }) => node.textContent ?? ""));
          }).observe({ type: "layout-shift" });
          addEventListener("read", () => setTimeout(() => resolve(texts), 100));
        }),
    );
    const cut = Array.from({ length: 3 }, (_, i) => join(folder, `cut${i}.trace`));
    for (const file of cut) writeFileSync(file, readFileSync(TRACE).subarray(0, 20_000));
    // Its figures have two lines where there is little room.
    const longer = join(folder, "longer.trace");
    writeFileSync(longer, manyTurns(200_000));
    await page.setInputFiles("#files", [longer, ...cut]);
    await page.locator("article:last-child .warning").first().waitFor();
    await page.evaluate(() => dispatchEvent(new Event("read")));
    expect(await moved).toEqual([]);
    await page.close();
  });

  test("ends a conversion at once when that is cancelled", async () => {
    const page = await opened(largeTrace());
    await page.getByText("Cancel", { exact: true }).click();
    expect(await messages(page).allTextContents()).toEqual(["warning: Cancelled."]);
    expect(await page.locator("progress").isVisible()).toBe(false);
    // A number of events would be that of the part that was read.
    expect(await page.locator(".figures").innerText()).toMatch(/^[\d.]+ MB$/);
    // Another piece of work does not wait for the rest.
    await page.getByText("Profiles", { exact: true }).click();
    await page.getByText("Cancel", { exact: true }).click();
    await page.close();
  });

  test("cancels what waits at once, tells screen readers outcomes only, and does first what a person asks for", async () => {
    const page = await opened(largeTrace(), fixture("sync-go1.26.trace"), TRACE);
    const [first, second] = [page.locator("article").first(), page.locator("article").last()];
    await first.getByText(/ events$/).waitFor();
    expect(await second.locator(".figures").innerText()).toBe("67 kB · waiting for other traces");
    const told = page.evaluate(
      () =>
        new Promise<string[]>((resolve) => {
          const texts: string[] = [];
          new MutationObserver((changes) => {
            for (const { target } of changes)
              if ((target as Element).closest("[aria-live]")?.ariaLive === "polite")
                texts.push(target.textContent ?? "");
          }).observe(document.body, { subtree: true, childList: true });
          addEventListener("told", () => resolve(texts));
        }),
    );
    const events = await first.locator(".figures").innerText();
    await second.getByText("Cancel", { exact: true }).click();
    expect(await second.locator(".warning").innerText()).toBe("warning: Cancelled.");
    await first.getByText(events, { exact: true }).waitFor({ state: "detached" });
    expect(await first.locator("progress").isVisible()).toBe(true);
    await page.evaluate(() => dispatchEvent(new Event("told")));
    expect(await told).toEqual(["warning: Cancelled."]);
    // What a person asks for comes before what is converted beforehand.
    const read = page.evaluate(
      () =>
        new Promise<string[]>((resolve) => {
          const names: string[] = [];
          new MutationObserver(() => {
            for (const { textContent } of document.querySelectorAll("article")) {
              const [name = ""] = /^[\w.-]+?\.trace(?=.* · go 1)/s.exec(textContent ?? "") ?? [];
              if (name !== "" && !names.includes(name)) names.push(name);
            }
            if (names.length === 2) resolve(names);
          }).observe(document.body, { subtree: true, childList: true });
        }),
    );
    await second.getByText("Profiles", { exact: true }).click();
    await first.getByText("Cancel", { exact: true }).click();
    expect(await read).toEqual(["annotations-go1.26.trace", "sync-go1.26.trace"]);
    await second.locator("a.file").first().waitFor();
    await page.close();
  });

  test("does once what is asked for twice, and keeps the report beside the profiles", async () => {
    const page = await opened();
    let workers = 0;
    page.on("worker", () => workers++);
    await page.setInputFiles("#files", TRACE);
    await page.getByText("Report", { exact: true }).dblclick();
    await page.getByText("Save the report").waitFor();
    await page.locator("[aria-live=polite]", { hasText: "The report is below." }).waitFor();
    await page.getByText("Profiles", { exact: true }).dblclick();
    await page.locator("article a.file").nth(1).waitFor();
    expect(workers).toBe(3);
    expect(await page.getByText("Save the report").isVisible()).toBe(true);
    await page.close();
  });

  test("says what is wrong with the address of the viewer, and that a viewer is late or was closed", async () => {
    const page = await browser.context.newPage();
    // Nobody waits ten seconds.
    await page.addInitScript(() => {
      const wait = setTimeout;
      Object.assign(window, { setTimeout: (act: () => void, ms = 0) => wait(act, ms / 50) });
    });
    await page.goto(address);
    await page.setInputFiles("#files", TRACE);
    await page.click("#options summary");
    const viewer = page.locator("[name=viewer]");
    await viewer.fill("perfetto.local");
    await page.getByText("Open in Perfetto").click();
    await page.getByText("error: Viewer: it is not an http").waitFor();
    await viewer.fill(`${address}?viewer`);
    const openViewer = async () => {
      const click = page.getByText("Open in Perfetto").click();
      return (await Promise.all([page.waitForEvent("popup"), click]))[0];
    };
    /** The title of the trace that a viewer gets when it answers. */
    const titleIn = (tab: Page) =>
      tab.evaluate(
        () =>
          new Promise((resolve) => {
            addEventListener("message", ({ source, data }) => {
              if (data.perfetto === undefined) source?.postMessage("PONG", { targetOrigin: "*" });
              else resolve(data.perfetto.title);
            });
          }),
      );
    const tab = await openViewer();
    const late = page.getByText(`warning: ${new URL(address).origin} does not answer yet.`);
    await late.waitFor();
    await page.getByText("Is it a Perfetto UI, and can it be reached?").waitFor();
    expect(await titleIn(tab)).toBe("annotations-go1.26.pftrace");
    await late.waitFor({ state: "detached" });
    await tab.close();
    await (await openViewer()).close();
    await page.getByText("error: the viewer was closed").waitFor();
    // Who removes a trace when it is on its way wants to see it all the same.
    const slow = await openViewer();
    await late.waitFor();
    await page.getByText("Remove", { exact: true }).click();
    expect(await titleIn(slow)).toBe("annotations-go1.26.pftrace");
    await page.close();
  });

  test("says of a file that was changed since it was chosen that it is to be chosen again", async () => {
    const file = join(folder, "changed.trace");
    copyFileSync(TRACE, file);
    const page = await opened(file);
    await page.getByText(/ 729 events$/).waitFor();
    writeFileSync(file, "go 1.26 trace");
    await page.getByText("Report", { exact: true }).click();
    await messages(page).first().waitFor();
    expect(await messages(page).allTextContents()).toEqual([
      "error: cannot read changed.trace: it is a folder, or was changed or moved since it was chosen",
      "Choose it again. Of a folder, choose the files.",
    ]);
    await page.close();
  });

  test("works without a network after the first visit", async () => {
    const first = await opened();
    await first.evaluate(() => navigator.serviceWorker.ready);
    await browser.context.setOffline(true);
    try {
      const page = await opened(TRACE);
      const [, bytes] = await downloaded(page, "Download .pftrace");
      expect(bytes.equals(written("whole.pftrace", TRACE))).toBe(true);
      await page.close();
    } finally {
      await browser.context.setOffline(false);
      await first.close();
    }
  });

  test("asks nothing of any other server, and could not", async () => {
    const page = await opened(TRACE);
    await downloaded(page, "Download .pftrace");
    const blocked = await page.evaluate(async () => {
      const violation = new Promise((resolve) => {
        document.addEventListener("securitypolicyviolation", (event) => resolve(event.effectiveDirective));
      });
      await fetch("http://127.0.0.1:1/").catch(() => undefined);
      return violation;
    });
    expect(blocked).toBe("connect-src");
    const outside = requests.filter((url) => !url.startsWith(address) && !url.startsWith(`blob:${address}`));
    expect(outside).toEqual([]);
    expect(requests.length).toBeGreaterThan(5);
    await page.close();
  });

  test("a new build replaces an open page when that is closed, and not before", async () => {
    const root = join(folder, "site");
    cpSync(fileURLToPath(new URL("../../dist-web", import.meta.url)), root, { recursive: true });
    // It lets the browser keep files for an hour.
    const site = await StaticServer.start(root);
    const first = await browser.context.newPage();
    await first.goto(site.origin);
    await first.waitForFunction(() => navigator.serviceWorker.controller !== null);
    renameScripts(root);
    await first.evaluate(async () => {
      const registration = await navigator.serviceWorker.ready;
      await registration.update();
      const { installing: next } = registration;
      if (next !== null)
        await new Promise<void>((resolve) => {
          next.onstatechange = () => {
            if (next.state === "installed" || next.state === "activated") resolve();
          };
        });
    });
    await first.waitForTimeout(300);
    await first.setInputFiles("#files", TRACE);
    await first.getByText(/go 1.26 .* 729 events$/).waitFor({ timeout: 5000 });
    await first.close();
    const second = await browser.context.newPage();
    // The browser may take a moment until it holds the first one for closed.
    const script = async () => {
      await second.goto("about:blank");
      await second.goto(site.origin);
      return second.locator("script[src]").getAttribute("src");
    };
    await expect.poll(script).toMatch(/page-next.js$/);
    await second.setInputFiles("#files", TRACE);
    await second.getByText(/go 1.26 .* 729 events$/).waitFor({ timeout: 5000 });
    // Another program that has the address later has it for itself.
    writeFileSync(join(root, "index.html"), "<h1>Another program</h1>");
    await second.reload();
    expect(await second.locator("h1").innerText()).toBe("Another program");
    await second.close();
    await site.close();
  });

  test.runIf(haveUi)("hands a trace to Perfetto's UI", async () => {
    const ui = await PerfettoUi.start({ small: true });
    const opened = await ui.clickThrough(address, async (page) => {
      await page.click("#options summary");
      await page.fill("[name=viewer]", ui.origin);
      // The UI at hand is older than callstacks of slices, which it would call errors.
      await page.selectOption("[name=stacks]", "annotation");
      await page.setInputFiles("#files", TRACE);
    });
    expect(await opened.importErrors()).toBe(0);
    expect((await opened.tracks()).map(({ name }) => name)).toContain("CPU 0 Scheduling");
    await opened.close();
    await ui.close();
  });
});
