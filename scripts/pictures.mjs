// Makes the pictures in docs/ again, as Perfetto's own UI and the report draw the fixtures: npm run pictures [NAME …]
import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { loadSource } from "./load-source.mjs";

const root = fileURLToPath(new URL("../", import.meta.url));
const work = mkdtempSync(join(tmpdir(), "go2perfetto-pictures-"));

const SIZE = { width: 1400, height: 900 };
/** Pixels beside a picture for the names of its parts. */
const LEGEND = 400;
/** A page of documentation is to load quickly. */
const MOST_BYTES = 250_000;

/** Each picture: the trace, what to bring in sight, and which parts to name. A window of its own makes text legible beside the names. */
const PICTURES = {
  /** The names of the parts, for people who have never seen Perfetto. */
  labels: {
    trace: "http.trace",
    size: { width: 1040, height: 1060 },
    async arrange(ui) {
      await ui.expand(/^(GC|main\.worker 21)$/);
      await ui.select("slice", LONG_WAIT);
      await ui.zoom(11_650_000, 1_300_000);
      await ui.showDetail("unblocked by");
    },
    async parts(ui) {
      const beside = async (title, x, row) => ({ x, y: await ui.titleAt(title, row) });
      const at = async (argument) => ({ x: 17, y: await ui.argumentAt(argument) });
      return [
        ["The whole trace. The highlighted strip is the time shown below.", { x: 60, y: 86 }],
        [
          "CPU 0 is P0: the goroutines that ran on it, coloured by start function",
          await beside("CPU 0", 200),
        ],
        ["GC cycles", await beside("GC", 200)],
        ["Stop-the-world pauses", await beside("Stop the world", 200)],
        ["The heap, and its size at which the next GC ends", await beside("Heap", 160)],
        [
          "Counters of goroutines by state, threads, GOMAXPROCS; rows of Ps and threads",
          await beside("Go runtime", 160),
        ],
        [
          "The group of all goroutines with one start function, by the first one's id",
          await beside("main.worker 21", 220),
        ],
        [
          "One goroutine and its state: running, runnable, or waiting (blank)",
          await beside("main.worker 22", 200),
        ],
        ["What it waits for: a channel receive", await beside("main.worker 22", 200, 1)],
        [
          "Click a slice for its details. Here, of the outlined wait of main.worker 23: the stack where it began …",
          await at("stack"),
        ],
        ["… the goroutine that ended it …", await at("unblocked by")],
        ["… and the stack of that goroutine", await at("end stack")],
      ];
    },
  },
  /** What ran where, and what the runtime did meanwhile. */
  timeline: {
    trace: "syscalls-go1.22.trace",
    async arrange(ui) {
      await ui.expand(/^(GC|Go runtime|Procs .*)$/);
    },
  },
  /** Who waits for what: a wait with its stacks and who ended it. */
  wait: {
    trace: "http.trace",
    async arrange(ui) {
      await ui.expand(/^main\.worker 21$/);
      await ui.select("slice", WAIT);
      await ui.zoom(8_560_000, 300_000);
      await ui.showDetail("unblocked by");
    },
  },
  /** CPU samples as a flame graph, which opens by itself. */
  samples: {
    trace: "cpusamples-go1.26.trace",
    arrange: async () => undefined,
  },
};

/** A worker waits for work that an HTTP handler gives it. */
const WAIT = `select s.id as id from slice s join thread_track t on s.track_id = t.id join thread using (utid)
  where s.name = 'chan receive' and thread.name = 'main.worker' and s.ts > trace_start() + 8700000 limit 1`;

/** One that a garbage collection goes by. */
const LONG_WAIT = `select s.id as id from slice s join thread_track t on s.track_id = t.id join thread using (utid)
  where s.name = 'chan receive' and thread.tid = 23 and s.ts + s.dur > trace_start() + 12200000 limit 1`;

async function draw(ui, name, { trace, size = SIZE, arrange, parts }) {
  const converted = join(work, `${name}.pftrace`);
  const command = ["convert", join(root, "test/fixtures", trace), "-o", converted, "--quiet"];
  // The UI at hand knows no callstacks of slices yet.
  const options = ["--detail", "full", "--stacks", "annotation"];
  execFileSync(process.execPath, [join(root, "dist/cli/main.js"), ...command, ...options]);
  const opened = await ui.open(converted);
  await opened.page.setViewportSize(size);
  await arrange(opened);
  const picture = join(root, "docs", `${name}.png`);
  await opened.screenshot(picture);
  if (parts !== undefined) await label(opened.page, picture, size, await parts(opened));
  await opened.close();
  const { size: bytes } = statSync(picture);
  console.log(`${picture}: ${bytes} bytes`);
  if (bytes > MOST_BYTES) throw new Error(`${picture} has more than ${MOST_BYTES} bytes`);
}

/** Puts numbers on the parts of a picture and their names beside it. @param parts names and places, from top to bottom */
async function label(page, picture, { width, height }, parts) {
  const image = `data:image/png;base64,${readFileSync(picture).toString("base64")}`;
  const number = (i) => `<b>${i + 1}</b>`;
  const marks = parts.map(([, { x, y }], i) => `<i style="left:${x}px;top:${y}px">${number(i)}</i>`);
  const rows = parts.map(([name, { y }], i) => `<p data-y="${y}">${number(i)}<span>${name}</span></p>`);
  await page.setViewportSize({ width: width + LEGEND, height });
  await page.setContent(`<style>
    body { margin: 0; background: white; font: 20px/1.2 "Liberation Sans", Arial, sans-serif; }
    i, p { position: absolute; margin: 0; font-style: normal; transform: translateY(-50%); }
    p { left: ${width + 14}px; width: ${LEGEND - 24}px; display: flex; align-items: flex-start; gap: 10px; transform: none; }
    b { display: block; flex: none; width: 28px; line-height: 28px; border-radius: 14px; text-align: center; font-size: 17px;
      color: white; background: #c5221f; box-shadow: 0 0 0 2px white; }
    i > b { width: 21px; line-height: 21px; font-size: 14px; }
    span { padding-top: 2px; }
  </style><img src="${image}" width="${width}" height="${height}">${marks.join("")}${rows.join("")}`);
  // A name stands beside its part, or below the name before it.
  await page.evaluate(() => {
    let below = 0;
    for (const row of document.querySelectorAll("p")) {
      const top = Math.max(below, Number(row.dataset.y) - 14);
      row.style.top = `${top}px`;
      below = top + row.offsetHeight + 8;
    }
  });
  await page.screenshot({ path: picture });
}

/** The report of `stats --html`: its timeline. */
async function drawReport() {
  const page = join(work, "report.html");
  const command = ["stats", "--quiet", "--html", page, join(root, "test/fixtures/http.trace")];
  execFileSync(process.execPath, [join(root, "dist/cli/main.js"), ...command]);
  const { Browser } = await loadSource("test/support/browser.ts");
  const browser = await Browser.start({ width: 1100, height: 880 });
  const tab = await browser.context.newPage();
  await tab.goto(pathToFileURL(page).href);
  await tab.locator("#timeline").evaluate((section) => section.scrollIntoView({ behavior: "instant" }));
  await tab.locator("#timeline .u-over").first().hover();
  const picture = join(root, "docs/report.png");
  await tab.screenshot({ path: picture });
  await browser.close();
  console.log(`${picture}: ${statSync(picture).size} bytes`);
}

const REPORT = "report";
const wanted = process.argv.length > 2 ? process.argv.slice(2) : [...Object.keys(PICTURES), REPORT];
try {
  if (wanted.includes(REPORT)) await drawReport();
  const ofUi = wanted.filter((name) => name !== REPORT);
  if (ofUi.length > 0) await drawInUi(ofUi);
} finally {
  rmSync(work, { recursive: true });
}

async function drawInUi(names) {
  const { PerfettoUi } = await loadSource("test/support/perfetto-ui.ts");
  const ui = await PerfettoUi.start(SIZE);
  try {
    for (const name of names) await draw(ui, name, PICTURES[name]);
  } finally {
    await ui.close();
  }
}
