// Makes the pictures in docs/ again, as Perfetto's own UI draws the fixtures: npm run pictures [NAME …]
import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { rolldown } from "rolldown";

const root = fileURLToPath(new URL("../", import.meta.url));
const work = mkdtempSync(join(tmpdir(), "go2perfetto-pictures-"));

const SIZE = { width: 1400, height: 900 };
/** A page of documentation is to load quickly. */
const MOST_BYTES = 250_000;

const PICTURES = {
  /** What ran where, and what the runtime did meanwhile. */
  timeline: {
    trace: "syscalls-go1.22.trace",
    async arrange(ui) {
      await ui.expand(/^(Go runtime|Procs .*)$/);
    },
  },
  /** Who waits for what: a wait with its stacks and who ended it. */
  wait: {
    trace: "http.trace",
    async arrange(ui) {
      await ui.expand(/^main\.worker \d{10}/);
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

/** The means of the tests, as a module that Node takes. */
async function loadPerfettoUi() {
  const bundle = await rolldown({
    input: join(root, "test/support/perfetto-ui.ts"),
    platform: "node",
    external: [/^node:/, "playwright-core"],
  });
  const file = join(root, "node_modules/.cache/go2perfetto/perfetto-ui.mjs");
  await bundle.write({ file, format: "esm" });
  return await import(pathToFileURL(file).href);
}

async function draw(ui, name, { trace, arrange }) {
  const converted = join(work, `${name}.pftrace`);
  const command = ["convert", join(root, "test/fixtures", trace), "-o", converted, "--quiet"];
  // The UI at hand knows no callstacks of slices yet.
  const options = ["--detail", "full", "--stacks", "annotation"];
  execFileSync(process.execPath, [join(root, "dist/cli/main.js"), ...command, ...options]);
  const opened = await ui.open(converted);
  await arrange(opened);
  const picture = join(root, "docs", `${name}.png`);
  await opened.screenshot(picture);
  await opened.close();
  const { size } = statSync(picture);
  console.log(`${picture}: ${size} bytes`);
  if (size > MOST_BYTES) throw new Error(`${picture} has more than ${MOST_BYTES} bytes`);
}

const wanted = process.argv.length > 2 ? process.argv.slice(2) : Object.keys(PICTURES);
const { PerfettoUi } = await loadPerfettoUi();
const ui = await PerfettoUi.start(SIZE);
try {
  for (const name of wanted) await draw(ui, name, PICTURES[name]);
} finally {
  await ui.close();
  rmSync(work, { recursive: true });
}
