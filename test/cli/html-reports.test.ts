// @module-tag long

import { copyFileSync, existsSync, mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import type { Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { StatsReport } from "../../src/analysis/stats/stats-report.js";
import { durationText } from "../../src/base/rounded.js";
import { analyze, Profiles } from "../../src/index.js";
import { openTraceFile } from "../../src/node.js";
import { Browser, browserMissing } from "../support/browser.js";
import { HOSTILE_NAMES, hostileTrace } from "../support/hostile-trace.js";
import { optionalPart, sharedDir } from "../support/optional.js";
import { emptyFolder, fixture, go2perfetto } from "./command.js";

const SECTIONS = [
  "findings",
  "timeline",
  "functions",
  "blocking",
  "latency",
  "flames",
  "mmu",
  "tasks",
  "tables",
];
const TRACE = fixture("annotations-go1.26.trace");
const haveBrowser = optionalPart("reports in a browser", browserMissing);

const folder = emptyFolder();

/** Writes a report. @returns its path, and what the command printed */
function report(name: string, trace: string, ...args: string[]) {
  const path = join(folder, name);
  const { code, stdout, stderr } = go2perfetto(["stats", "--html", path, trace, ...args]);
  expect(code).toBe(0);
  return { path, stdout: stdout.toString(), stderr };
}

afterAll(() => rmSync(folder, { recursive: true }));

/** How long goroutines of the trace waited in functions of a name. */
async function waitTime(name: RegExp): Promise<number> {
  const profiles = new Profiles({ kinds: ["wait"] });
  await analyze(await openTraceFile(TRACE), [profiles]);
  const { samples } = profiles.profile("wait");
  return samples
    .filter(({ stack }) => stack.some(({ func }) => name.test(func)))
    .reduce((sum, { values }) => sum + (values[1] ?? 0), 0);
}

test("the figures come as JSON too, the same as without a report", () => {
  const args = ["--json", "--top", "3"];
  const { stdout } = report("json.html", TRACE, ...args);
  expect(stdout).toBe(go2perfetto(["stats", TRACE, ...args]).stdout.toString());
});

test("a report on standard output stands alone there", () => {
  const page = go2perfetto(["stats", TRACE, "--html", "-"]);
  expect([page.code, page.stderr]).toEqual([0, ""]);
  expect(page.stdout.toString()).toMatch(/^<!doctype html>\n.*<\/html>\n$/s);
  expect(go2perfetto(["stats", TRACE, "--html", "-", "--json"]).code).toBe(2);
});

test("standard input has a report, and it says why there are no critical paths", () => {
  const { code, stdout } = go2perfetto(["stats", "-", "--html", "-"], { input: readFileSync(TRACE) });
  expect([code, stdout.toString()]).toEqual([0, expect.stringContaining("could be read only once")]);
});

test("a window has a report of its own", () => {
  const { path } = report("window.html", TRACE, "--from", "0.2ms", "--to", "0.7ms");
  const page = readFileSync(path, "utf8");
  expect(page).toContain("<strong>500 µs</strong>");
  // The charts have the times of the whole trace, which --from takes.
  expect(page).toContain('"start":200000,"duration":500000');
});

test("a report never replaces its trace", () => {
  const copy = join(folder, "copy.trace");
  copyFileSync(TRACE, copy);
  for (const args of [
    ["stats", copy],
    ["diff", TRACE, copy],
  ])
    expect(go2perfetto([...args, "--html", copy]).stderr).toContain("are the same file");
  expect(readFileSync(copy).equals(readFileSync(TRACE))).toBe(true);
});

/** Traces in folders, one of them with a name of markup, and a file that is none. */
function writeTraces(): void {
  const inputs = join(folder, "in");
  mkdirSync(join(inputs, "a b"), { recursive: true });
  copyFileSync(fixture("sync-go1.26.trace"), join(inputs, "a b", "100%#?.trace"));
  copyFileSync(TRACE, join(inputs, '"><img src=x>.trace'));
  writeFileSync(join(inputs, "broken.trace"), "go 1.26 trace");
}

const out = join(folder, "out");
const batch = (...options: string[]) =>
  go2perfetto([
    ...["batch", join(folder, "in"), "--out-dir", out, "--report", join(folder, "batch.json")],
    ...["--also", "html,stats,explain", ...options],
  ]);
let first: ReturnType<typeof batch> | undefined;

/** A batch with reports and other files in `out`, which is made once. */
function batched() {
  if (first === undefined) writeTraces();
  first ??= batch();
  return first;
}

describe("batch --also html", () => {
  test("has a report for each trace, with its figures in the other files", () => {
    expect(batched().stderr).toContain(`index of all reports: ${join(out, "index.html")}`);
    const { files } = JSON.parse(readFileSync(join(folder, "batch.json"), "utf8"));
    const pages = files.flatMap(({ also }: { also?: { html?: string } }) => also?.html ?? []);
    expect(pages).toHaveLength(2);
    expect(pages.filter((page: string) => !existsSync(page))).toEqual([]);
    const stats = readFileSync(join(out, "a b/100%#?.stats.json"), "utf8");
    const alone = go2perfetto(["stats", "--json", fixture("sync-go1.26.trace")]).stdout.toString();
    expect(stats).toBe(alone);
    const explained = JSON.parse(readFileSync(join(out, "a b/100%#?.explain.json"), "utf8"));
    const { findings } = JSON.parse(
      go2perfetto(["explain", "--json", fixture("sync-go1.26.trace")]).stdout.toString(),
    );
    expect(explained.findings).toEqual(findings);
  });

  test("links slow tasks to the program's own tracing, as stats does", () => {
    copyFileSync(fixture("program-spans/otel.trace"), join(folder, "otel.trace"));
    const link = (id: string) => ["--trace-url", `http://localhost:16686/trace/${id}`];
    const pageOf = (...options: string[]) => {
      const args = ["batch", "otel.trace", "--out-dir", "linked", "--also", "html", "--resume", ...options];
      expect(go2perfetto(args, { cwd: folder }).code).toBe(0);
      return readFileSync(join(folder, "linked/otel.report.html"), "utf8");
    };
    const { code } = go2perfetto(["stats", "otel.trace", "--html", "otel.html", ...link("{trace_id}")], {
      cwd: folder,
    });
    const page = pageOf(...link("{trace_id}"));
    expect([code, page]).toEqual([0, readFileSync(join(folder, "otel.html"), "utf8")]);
    expect(page).toMatch(/<a href="http:\/\/localhost:16686\/trace\/([\da-f]{32})" [^>]*>\1<\/a>/);
    // Other links are not what an earlier run has made.
    expect(pageOf(...link("other-{trace_id}"))).toContain("/trace/other-");
  });

  test("keeps its list when it resumes", () => {
    batched();
    const before = readFileSync(join(out, "index.html"), "utf8");
    const { stderr } = batch("--resume");
    expect(stderr).toContain("2 done before");
    expect(readFileSync(join(out, "index.html"), "utf8")).toBe(before);
  });
});

const shared = sharedDir();
test.runIf(shared)("a large trace has a report of 2 MB at most", () => {
  const { path } = report("big.html", join(shared ?? "", "traces/v2/big5mb-go1.26.trace"));
  expect(statSync(path).size).toBeLessThanOrEqual(2_000_000);
});

describe.runIf(haveBrowser)("in a browser", () => {
  let browser: Browser;
  let page: Page;
  let stats: StatsReport;
  const problems: string[] = [];

  beforeAll(async () => {
    const { path, stdout } = report("report.html", TRACE, "--json");
    stats = JSON.parse(stdout) as StatsReport;
    browser = await Browser.start({ width: 1200, height: 900 });
    page = await opened(path);
  });

  afterAll(() => browser.close());

  async function opened(path: string): Promise<Page> {
    const tab = await browser.context.newPage();
    tab.on("console", (message) => problems.push(`console: ${message.text()}`));
    tab.on("pageerror", (error) => problems.push(`error: ${error.message}`));
    tab.on("dialog", (dialog) => {
      problems.push(`dialog: ${dialog.message()}`);
      void dialog.dismiss();
    });
    const address = pathToFileURL(path).href;
    tab.on("request", (request) => {
      if (request.url() !== address && request.url() !== "data:,") problems.push(`request: ${request.url()}`);
    });
    await tab.goto(address);
    return tab;
  }

  test("has all sections, with charts in them, and asks for nothing", async () => {
    expect(await page.locator("main > section").evaluateAll((all) => all.map(({ id }) => id))).toEqual(
      SECTIONS,
    );
    const charts = await page
      .locator("[data-chart]")
      .evaluateAll((all) =>
        all.map((place) => [place.getAttribute("data-chart"), place.querySelectorAll("canvas").length]),
      );
    expect(charts).toEqual(["procs", "states", "heap", "gc", "latency", "mmu"].map((name) => [name, 1]));
    expect(problems).toEqual([]);
  });

  test("has the figures of stats --json", async () => {
    const rows = await page
      .locator("#functions tbody tr")
      .evaluateAll((all) =>
        all.map((row) => [...row.querySelectorAll("td")].map((cell) => cell.textContent)),
      );
    const { byFunction } = stats.goroutines;
    expect(rows.map(([name, count, running]) => [name, count, running])).toEqual(
      byFunction
        .slice(0, 25)
        .map((row) => [row.function || "(unknown)", String(row.count), durationText(row.times.exec)]),
    );
    const reasons = await page.locator("#blocking table").first().locator("tbody tr").allInnerTexts();
    expect(reasons.length).toBe(stats.blocking.length);
    expect(reasons[0]).toContain(durationText(stats.blocking[0]?.total ?? 0));
    const tasks = await page
      .locator("#tasks table")
      .last()
      .locator("tbody tr")
      .first()
      .locator("td")
      .allInnerTexts();
    const { id, begin = 0, end = stats.trace.duration } = stats.tasks.top[0] ?? { id: 0 };
    expect([tasks[0], tasks[3]]).toEqual([String(id), durationText(end - begin)]);
    const latency = await page.locator("#latency .scroll tbody tr").first().locator("td").allInnerTexts();
    const { count, p50, p99 } = stats.sched;
    expect([latency[1], latency[2], latency[4]]).toEqual([
      String(count),
      durationText(p50),
      durationText(p99),
    ]);
  });

  test("has the critical paths of the slowest tasks, whose parts are all of them", async () => {
    const paths = page.locator("#tasks .path");
    expect(await paths.count()).toBe(3);
    const shares = await paths.first().locator("tbody td:nth-child(2)").allInnerTexts();
    expect(shares.reduce((sum, share) => sum + Number.parseFloat(share), 0)).toBeCloseTo(100, 0);
  });

  test("sorts a table by value", async () => {
    const head = page.locator("#functions th", { hasText: "waiting to run" });
    await head.getByRole("button").click();
    expect(await head.getAttribute("aria-sort")).toBe("descending");
    const names = await page.locator("#functions tbody code").allInnerTexts();
    const sorted = [...stats.goroutines.byFunction].sort((a, b) => b.times.schedWait - a.times.schedWait);
    expect(names[0]).toBe(sorted[0]?.function);
  });

  test("zooms a flame graph with the mouse and the keyboard, and searches it", async () => {
    const panel = page.locator('#flames [role="tabpanel"]:not([hidden])');
    const root = panel.locator("g.frame").first();
    const frame = panel.locator('g.frame[aria-label^="main.order.func1:"]').first();
    const width = async (of: typeof frame) => Math.round(Number(await of.getAttribute("width")));
    const before = await width(frame);
    await frame.click();
    await expect.poll(() => width(frame)).toBe(await width(root));
    expect(before).toBeLessThan(await width(root));
    await panel.locator(".reset").click();
    await expect.poll(() => width(frame)).toBe(before);

    await panel.locator('g.frame[tabindex="0"]').focus();
    await page.keyboard.press("ArrowDown");
    const focused = () => page.evaluate(() => document.activeElement?.getAttribute("aria-label") ?? "");
    expect(await focused()).toMatch(/^main\.order\.func1: /);
    await page.keyboard.press("Enter");
    await expect.poll(() => width(frame)).toBe(await width(root));
    await page.keyboard.press("Escape");

    await panel.getByRole("searchbox").fill("waitgroup");
    const [frames, time] = (await panel.locator("output").innerText()).split(", ");
    expect(`${frames}, ${time}`).toBe(`2 frames, ${durationText(await waitTime(/WaitGroup/))}`);
    await panel.getByRole("searchbox").fill("(no such[");
    expect(await panel.locator("output").innerText()).toBe("Nothing found");
  });

  test("shows the other flame graphs, by the keyboard too", async () => {
    const tabs = page.locator('#flames [role="tab"]');
    await tabs.first().focus();
    await page.keyboard.press("ArrowRight");
    expect(await tabs.nth(1).getAttribute("aria-selected")).toBe("true");
    expect(await page.locator('#flames [role="tabpanel"]:not([hidden]) g.frame').count()).toBeGreaterThan(1);
  });

  test("has its flame graph in the first picture, and as wide as paper where it is printed", async () => {
    const tab = await browser.context.newPage();
    await tab.addInitScript(() => {
      const widths = () =>
        ["svg", "rect"].map((what) => document.querySelector(`.flame ${what}`)?.getAttribute("width"));
      const seen: unknown[] = [];
      Object.assign(window, { seen });
      const see = () => seen.push([...widths(), String(document.querySelector(".flame")?.clientWidth)]);
      document.addEventListener("DOMContentLoaded", () => {
        see();
        matchMedia("print").addEventListener("change", see);
      });
    });
    await tab.goto(pathToFileURL(join(folder, "report.html")).href);
    await tab.pdf({ format: "A5" });
    const [[svg, root, place], [printed, printedRoot, paper]] = await tab.evaluate(
      () => (window as unknown as { seen: [string[], string[]] }).seen,
    );
    expect([svg, root, printed, printedRoot]).toEqual([place, place, paper, paper]);
    expect(Number(paper)).toBeLessThan(Number(place));
    // The others were hidden, and are again.
    const widths = await tab
      .locator('[role="tabpanel"][hidden] svg')
      .evaluateAll((all) => all.map((drawn) => drawn.getAttribute("width")));
    expect(widths).toEqual([paper, paper, paper]);
    await tab.close();
  });

  test("shows all flame graphs on paper, each with its heading, and no table is wider than that", async () => {
    const tab = await opened(join(folder, "report.html"));
    const titles = await tab.locator('[role="tab"]').allInnerTexts();
    await tab.emulateMedia({ media: "print" });
    // A4 without its margins.
    await tab.setViewportSize({ width: 718, height: 1000 });
    const headings = await tab.locator("#flames h3:visible").allInnerTexts();
    expect(headings).toEqual(titles.map((title) => title.replace(/ [\d.]+ \S+$/, "")));
    expect(headings.length).toBeGreaterThan(2);
    const tooWide = await tab.locator(".scroll").evaluateAll((all) => {
      for (const details of document.querySelectorAll("details")) details.open = true;
      return all.filter((table) => table.scrollWidth > table.clientWidth).map(({ ariaLabel }) => ariaLabel);
    });
    expect(tooWide).toEqual([]);
    await tab.close();
  });

  test("zooms the timeline by the keyboard, all charts at once", async () => {
    const picture = () =>
      page
        .locator("#timeline canvas")
        .evaluateAll((all) => all.map((canvas) => (canvas as HTMLCanvasElement).toDataURL()));
    const before = await picture();
    await page.locator(".timeline").focus();
    await page.keyboard.press("+");
    await expect.poll(async () => (await picture()).filter((each, i) => each === before[i]).length).toBe(0);
    await page.keyboard.press("0");
    await expect.poll(picture).toEqual(before);
    // Not deeper than there is anything to see.
    for (let i = 0; i < 30; i++) await page.keyboard.press("+");
    for (let i = 0; i < 12; i++) await page.keyboard.press("-");
    await expect.poll(picture).toEqual(before);
  });

  test("tells the values at the cursor, in all charts over time", async () => {
    const places = () =>
      page.locator(".u-legend th").evaluateAll((all) =>
        all.map((head) => {
          const { x, y } = head.getBoundingClientRect();
          return [x, y + scrollY];
        }),
      );
    const before = await places();
    // It scrolls from chart to chart at once.
    await page.emulateMedia({ reducedMotion: "reduce" });
    for (const chart of ["latency", "mmu", "procs"])
      await page.locator(`[data-chart="${chart}"] .u-over`).hover();
    expect(await places()).toEqual(before);
    const values = await page.locator("#timeline .u-legend .u-value").allInnerTexts();
    expect(values.length).toBeGreaterThan(10);
    // The time at the cursor, and values.
    const isValue = (text: string) => /^\d+(\.\d{6}s|(\.\d+)?( (of \d|µs|ms|MiB|%))?)$/.test(text);
    expect(values.filter((text) => !isValue(text))).toEqual([]);
    // Goroutines in any state, at a time when none begins or ends.
    const states = page.locator('[data-chart="states"] .u-value');
    const [, ...counts] = await states.allInnerTexts();
    expect(counts.reduce((sum, count) => sum + Number(count), 0)).toBeCloseTo(14, 0);
  });

  test("tells which curves are shown, and names those that are not as legibly", async () => {
    const entry = page.locator('[data-chart="latency"] [role="button"]').first();
    const told = () => entry.evaluate((head) => [head.ariaPressed, getComputedStyle(head).opacity]);
    expect(await told()).toEqual(["true", "1"]);
    await entry.press("Enter");
    expect(await told()).toEqual(["false", "1"]);
    await entry.press("Enter");
    // Only what has a curve can be switched off.
    const switches = await page.locator('.u-legend [role="button"]').allInnerTexts();
    expect(switches.filter((text) => /^(at|latency|window|Ps busy|stopped):?$/.test(text))).toEqual([]);
  });

  test("draws the heap of a tiny trace until its end", async () => {
    const tab = await opened(report("hello.html", fixture("hello-go1.9.trace")).path);
    const filled = await tab.locator('[data-chart="heap"] canvas').evaluate((canvas: HTMLCanvasElement) => {
      const { data } =
        canvas.getContext("2d")?.getImageData(canvas.width - 60, canvas.height / 2, 1, 1) ?? {};
      return data?.[3];
    });
    expect(filled).toBeGreaterThan(0);
    await tab.close();
  });

  test("is in the colours that are asked for, charts too", async () => {
    const colors = () =>
      page.evaluate(() => {
        const canvas = document.querySelector("canvas") as HTMLCanvasElement;
        return [getComputedStyle(document.body).backgroundColor, canvas.toDataURL()];
      });
    const light = await colors();
    await page.emulateMedia({ colorScheme: "dark" });
    await expect.poll(async () => (await colors()).filter((each, i) => each === light[i]).length).toBe(0);
    await page.emulateMedia({ colorScheme: "light" });
  });

  test.each([400, 800, 1600])("is as wide as a window of %i pixels", async (width) => {
    await page.setViewportSize({ width, height: 900 });
    const widths = () =>
      page.evaluate(() => [
        document.documentElement.scrollWidth,
        Math.max(
          ...[...document.querySelectorAll(".plot")].map((plot) => plot.getBoundingClientRect().right),
        ),
      ]);
    await expect.poll(async () => Math.max(...(await widths()))).toBeLessThanOrEqual(width);
  });

  test("moves nothing when it draws", async () => {
    const tab = await browser.context.newPage();
    await tab.addInitScript(() => {
      const shifts: number[] = [];
      Object.assign(window, { shifts });
      new PerformanceObserver((list) => {
        for (const entry of list.getEntries())
          shifts.push((entry as PerformanceEntry & { value: number }).value);
      }).observe({ type: "layout-shift", buffered: true });
    });
    await tab.goto(pathToFileURL(join(folder, "report.html")).href);
    await tab.waitForTimeout(500);
    expect(await tab.evaluate(() => (window as unknown as { shifts: number[] }).shifts)).toEqual([]);
    await tab.close();
  });

  test("shows the whole frame of the link that the keyboard is at", async () => {
    await page.locator("nav a").first().focus();
    await page.keyboard.press("Tab");
    const cut = await page.locator("nav a:focus-visible").evaluate((link) => {
      const { outlineOffset, outlineWidth } = getComputedStyle(link);
      return Number.parseFloat(outlineOffset) + Number.parseFloat(outlineWidth);
    });
    expect(cut).toBeLessThanOrEqual(0);
  });

  test("names every chart and button for screen readers", async () => {
    const nameless = await page.evaluate(
      () =>
        [...document.querySelectorAll('button, input, [role="img"], [role="group"], [role="region"]')].filter(
          (each) =>
            !each.getAttribute("aria-label") &&
            !each.textContent?.trim() &&
            !(each as HTMLInputElement).labels?.length,
        ).length,
    );
    expect(nameless).toBe(0);
  });

  test("the index of a batch sorts its traces and links to their reports", async () => {
    batched();
    const tab = await opened(join(out, "index.html"));
    const names = () => tab.locator("tbody tr td:first-child").allInnerTexts();
    expect((await names()).map((text) => /broken|100%|img/.exec(text)?.[0])).toEqual([
      "broken",
      "100%",
      "img",
    ]);
    await tab.getByRole("button", { name: "duration" }).click();
    await tab.getByRole("button", { name: "duration" }).click();
    expect((await names()).map((text) => /broken|100%|img/.exec(text)?.[0])).toEqual([
      "img",
      "100%",
      "broken",
    ]);
    expect(await tab.locator("img").count()).toBe(0);
    const links = tab.locator("tbody a");
    const targets = await links.evaluateAll((all) => all.map((link) => (link as HTMLAnchorElement).href));
    expect(targets.filter((target) => !existsSync(fileURLToPath(target)))).toEqual([]);
    expect(targets).toHaveLength(2);
    // What is said of a trace does not name its folder again, and has room on a narrow page.
    expect(await tab.locator("header code").innerText()).toBe(`${join(folder, "in")}/`);
    const broken = tab.getByRole("row", { name: "broken" }).locator("td").first();
    expect(await broken.innerText()).toMatch(/^broken.trace\nis not a Go execution trace: .*$/);
    await tab.setViewportSize({ width: 400, height: 900 });
    const table = tab.locator(".scroll");
    await expect.poll(() => table.evaluate((each) => each.scrollWidth - each.clientWidth)).toBe(0);
    expect(await tab.locator("th:visible").allInnerTexts()).toEqual([
      "trace and its weightiest finding",
      "weight",
      "duration",
    ]);
    await tab.close();
  });

  test("a difference has both traces side by side, and one below the other where there is no room", async () => {
    const path = join(folder, "diff.html");
    const sync = fixture("sync-go1.26.trace");
    expect(go2perfetto(["diff", TRACE, sync, "--html", path]).code).toBe(0);
    const tab = await opened(path);
    const places = () =>
      tab.locator("#timeline .side").evaluateAll((all) =>
        all.map((side) => {
          const { left, top } = side.getBoundingClientRect();
          return [left, top];
        }),
      );
    const [[left = 0, top = 0] = [], [otherLeft = 0, otherTop = 0] = []] = await places();
    expect([otherLeft > left, otherTop === top]).toEqual([true, true]);
    expect(await tab.locator("canvas").count()).toBe(10);
    expect(await tab.locator("#flames .flame svg").count()).toBe(2);
    const facts = await tab.locator("header .facts").first().innerText();
    expect(facts).toContain(durationText(stats.trace.duration));
    const row = tab.locator("#functions tbody tr", { hasText: "main.main.func4" }).first();
    const exec = stats.goroutines.byFunction.find((each) => each.function === "main.main.func4")?.times.exec;
    expect(await row.locator("td").nth(1).innerText()).toMatch(new RegExp(`^${durationText(exec ?? 0)}\n`));
    await tab.locator("#functions").getByRole("button", { name: "blocked" }).click();
    const blocked = await tab
      .locator("#functions tbody td:last-child")
      .evaluateAll((all) => all.map((cell) => Number((cell as HTMLElement).dataset.value)));
    expect(blocked).toEqual([...blocked].sort((a, b) => b - a));
    expect(await tab.locator("button").evaluateAll((all) => all.filter((each) => !each.textContent))).toEqual(
      [],
    );
    await tab.setViewportSize({ width: 400, height: 900 });
    const [[, first = 0] = [], [, second = 0] = []] = await places();
    expect(second).toBeGreaterThan(first);
    await expect.poll(() => tab.evaluate(() => document.documentElement.scrollWidth)).toBe(400);
    const cut = tab.locator("details[open] .scroll");
    expect(await cut.count()).toBe(3);
    expect(await cut.evaluateAll((all) => all.filter((each) => each.scrollWidth > each.clientWidth))).toEqual(
      [],
    );
    await tab.close();
  });

  test("hostile names are inert", async () => {
    const trace = join(folder, "hostile.trace");
    writeFileSync(trace, hostileTrace(Object.values(HOSTILE_NAMES)));
    const tab = await opened(report("hostile.html", trace, "-q").path);
    for (const each of await tab.locator('#flames [role="tab"]').all()) await each.click();
    expect(await tab.locator("img").count()).toBe(0);
    expect(await tab.locator("#functions").innerText()).toContain('<script>alert("1")</script>');
    await tab.close();
  });

  test("and all of that without an error, a dialog or a request", () => {
    expect(problems).toEqual([]);
  });
});
