// npm run bench:ui: seconds from the command to the picture, beside `go tool trace` in the same browser.
import { spawn } from "node:child_process";
import { statSync } from "node:fs";
import { basename, join } from "node:path";
import { createInterface } from "node:readline";
import { setTimeout as pause } from "node:timers/promises";
import { parseArgs } from "node:util";
import { loadSource } from "../scripts/load-source.mjs";
import { checkBuilt } from "./built.mjs";
import { BenchFailure } from "./failure.mjs";
import { buildGoTools } from "./go-tools.mjs";
import { rootDir } from "./paths.mjs";
import { median } from "./summary.mjs";
import { prepareTrace } from "./traces.mjs";

const MAIN = "dist/cli/main.js";
/** What the page takes for next to nothing. */
const EMPTY = join(rootDir, "test/fixtures/hello-go1.26.trace");
const WINDOW = { width: 1600, height: 1000 };
/** Milliseconds for the slowest page of all. */
const PATIENCE = 900_000;

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    sizes: { type: "string", default: "1,5,50" },
    details: { type: "string", default: "full,auto" },
    runs: { type: "string", default: "1" },
    // Another checkout, built: what its `open` takes in the same run.
    against: { type: "string" },
  },
});

const { PerfettoUi } = await loadSource("test/support/perfetto-ui.ts");
const { Browser } = await loadSource("test/support/browser.ts");
const { freePort } = await loadSource("test/support/free-port.ts");

/**
 * Runs `go2perfetto open` until the page has drawn and is idle.
 * @returns seconds from the command's start, and the processor seconds of the page
 */
async function openOurs(trace, detail, root = rootDir) {
  const ui = await PerfettoUi.start({ ...WINDOW, patience: PATIENCE });
  const since = performance.now();
  const args = ["open", trace, "--detail", detail, "--no-browser", "--ui", `${ui.origin}/`];
  const child = spawn(process.execPath, [join(root, MAIN), ...args], { stdio: ["ignore", "ignore", "pipe"] });
  try {
    const opened = await ui.follow(await linkOf(child.stderr));
    const wall = (performance.now() - since) / 1000;
    return { wall, cpu: await pageCpu(opened.page) };
  } finally {
    child.kill();
    await ui.close();
  }
}

async function linkOf(stderr) {
  let said = "";
  for await (const line of createInterface({ input: stderr })) {
    if (/^https?:/.test(line)) return line;
    said += `${line}\n`;
  }
  throw new BenchFailure(`go2perfetto open ended: ${said}`);
}

/** Processor seconds of the process that has the page. */
async function pageCpu(page) {
  const session = await page.context().newCDPSession(page);
  await session.send("Performance.enable");
  const { metrics } = await session.send("Performance.getMetrics");
  return metrics.find(({ name }) => name === "ProcessTime").value;
}

/** Runs `go tool trace` until the timeline of its first view is drawn. @returns seconds from the command's start */
async function openGoToolTrace(trace) {
  const browser = await Browser.start(WINDOW);
  const origin = `http://127.0.0.1:${await freePort()}`;
  const since = performance.now();
  const args = ["tool", "trace", `-http=${new URL(origin).host}`, trace];
  const child = spawn("go", args, { stdio: "ignore", detached: true });
  try {
    const html = await answer(origin, child);
    // A large trace has a view for each part of it.
    const view = /href="(\/trace\?[^"]*)"/.exec(html)?.[1]?.replaceAll("&amp;", "&") ?? "/trace";
    const page = await browser.context.newPage();
    await page.goto(origin + view);
    await page.waitForFunction(
      () => {
        const timeline = document.querySelector("tr-ui-timeline-view");
        return timeline?.model?.bounds?.max > 0 && timeline.trackView !== undefined;
      },
      undefined,
      { timeout: PATIENCE },
    );
    await page.evaluate(
      () => new Promise((drawn) => requestAnimationFrame(() => requestAnimationFrame(drawn))),
    );
    return { wall: (performance.now() - since) / 1000, cpu: await pageCpu(page) };
  } finally {
    process.kill(-child.pid);
    await browser.close();
  }
}

async function answer(url, child) {
  for (;;) {
    if (child.exitCode !== null) throw new BenchFailure("go tool trace ended");
    const response = await fetch(url).catch(() => undefined);
    if (response?.ok) return response.text();
    await pause(50);
  }
}

/** Measures in turn, so that a slow spell of the machine meets all. */
async function measure(trace, runs) {
  const rows = new Map();
  const note = (name, sample) => rows.set(name, [...(rows.get(name) ?? []), sample]);
  for (let run = 0; run < runs; run++) {
    note("empty page", await openOurs(EMPTY, "lean"));
    for (const detail of values.details.split(",")) {
      note(`open, ${detail}`, await openOurs(trace, detail));
      if (values.against !== undefined)
        note(`open, ${detail}, ${values.against}`, await openOurs(trace, detail, values.against));
    }
    note("go tool trace", await openGoToolTrace(trace));
  }
  return rows;
}

function print(trace, rows) {
  const of = (name, figure) => median(rows.get(name) ?? [], figure);
  console.log(`\n${basename(trace)}: ${(statSync(trace).size / 1e6).toFixed(1)} MB`);
  console.log("| | wall | ÷ go tool trace | page's CPU | over the empty page |");
  console.log("| --- | ---: | ---: | ---: | ---: |");
  for (const name of rows.keys()) {
    const [wall, cpu] = [of(name, "wall"), of(name, "cpu")];
    const ratio = wall / of("go tool trace", "wall");
    const over = cpu - of("empty page", "cpu");
    console.log(`| ${name} | ${seconds(wall)} | ${ratio.toFixed(2)} | ${seconds(cpu)} | ${seconds(over)} |`);
  }
}

const seconds = (value) => `${value.toFixed(2)} s`;

async function traces() {
  if (positionals.length > 0) return positionals;
  const { servers } = buildGoTools(false);
  const sizes = values.sizes.split(",").map(Number);
  return Promise.all(sizes.map((megabytes) => prepareTrace({ megabytes, format: 2 }, servers)));
}

try {
  checkBuilt([{ needs: [MAIN] }]);
  for (const trace of await traces()) print(trace, await measure(trace, Number(values.runs)));
} catch (error) {
  if (!(error instanceof BenchFailure)) throw error;
  console.error(`bench: ${error.message}`);
  process.exitCode = 1;
}
