// npm run bench:otlp: how fast spans of a trace get to a real collector, beside OpenTelemetry's exporter with spans that are ready.
import { execFileSync, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { parseArgs } from "node:util";
import { checkBuilt } from "./built.mjs";
import { BenchFailure } from "./failure.mjs";
import { buildGoTools } from "./go-tools.mjs";
import { benchDir, rootDir, workDir } from "./paths.mjs";
import { prepareTrace } from "./traces.mjs";

const PORT = 24318;
const METRICS_PORT = 24888;
const URL = `http://127.0.0.1:${PORT}`;
const SPANS = 1_000_000;
const PROTOCOLS = ["http/json", "http/protobuf"];
const cli = join(rootDir, "dist/cli/main.js");
const WHOLE = ["--states", "all", "--min-block", "0", "--max-spans-per-trace", "0"];

const { values } = parseArgs({
  options: { trace: { type: "string" }, runs: { type: "string", default: "3" } },
});

/** The part of the trace, as options, that has about so many spans. */
function partWith(trace, spans) {
  let low = 1;
  let high = 1 << 20;
  const made = (ms) => spansOf(go2perfetto(trace, ["--dry-run", "--to", `${ms}ms`]));
  while (high - low > Math.max(1, high >> 8)) {
    const middle = (low + high) >> 1;
    if (made(middle) >= spans) high = middle;
    else low = middle;
  }
  return { args: ["--to", `${high}ms`], spans: made(high) };
}

function go2perfetto(trace, args) {
  const { status, stderr } = spawnSync(process.execPath, [cli, "otlp", trace, ...WHOLE, ...args], {
    encoding: "utf8",
  });
  if (status !== 0) throw new BenchFailure(`go2perfetto otlp ended with ${status}: ${stderr}`);
  return stderr;
}

const spansOf = (text) => Number(/([\d,]+) spans? in/.exec(text)[1].replaceAll(",", ""));

function buildCollector() {
  const binary = join(workDir, "bin/otelcol");
  mkdirSync(join(workDir, "bin"), { recursive: true });
  execFileSync("go", ["build", "-trimpath", "-ldflags=-s -w", "-o", binary, "."], {
    cwd: join(rootDir, "test/support/otelcol"),
    env: { ...process.env, GOWORK: "off", GOFLAGS: "-buildvcs=false -p=2", CGO_ENABLED: "0" },
    stdio: ["ignore", "inherit", "inherit"],
  });
  return binary;
}

async function startCollector(binary) {
  const config = join(workDir, "otelcol.yaml");
  writeFileSync(
    config,
    `
receivers: { otlp: { protocols: { http: { endpoint: "127.0.0.1:${PORT}" } } } }
exporters: { nop: {} }
service:
  telemetry:
    logs: { level: error }
    metrics:
      level: basic
      readers: [{ pull: { exporter: { prometheus: { host: 127.0.0.1, port: ${METRICS_PORT} } } } }]
  pipelines: { traces: { receivers: [otlp], exporters: [nop] } }
`,
  );
  const child = spawn(binary, ["--config", config], { stdio: ["ignore", "ignore", "inherit"] });
  for (let attempt = 0; attempt < 100; attempt++) {
    if (
      await fetch(URL).then(
        () => true,
        () => false,
      )
    )
      return child;
    await pause(100);
  }
  throw new BenchFailure("the collector does not start");
}

async function accepted() {
  const text = await (await fetch(`http://127.0.0.1:${METRICS_PORT}/metrics`)).text();
  return Number(/^otelcol_receiver_accepted_spans\S* (\S+)$/m.exec(text)?.[1] ?? 0);
}

function measure(trace, part, protocol, launch) {
  const exporter = join(benchDir, "otlp-exporter.mjs");
  const alone = Number(
    execFileSync(process.execPath, [exporter, trace, URL, protocol, String(part.spans)], {
      encoding: "utf8",
    }),
  );
  const args = [cli, "otlp", trace, "-q", ...WHOLE, ...part.args, "--endpoint", URL, "--protocol", protocol];
  const used = JSON.parse(execFileSync(launch, [process.execPath, ...args], { encoding: "utf8" }));
  if (used.exitCode !== 0) throw new BenchFailure(`go2perfetto otlp ended with ${used.exitCode}`);
  return { alone, wall: used.wallNs / 1e9, megabytes: used.maxRssBytes / 1e6 };
}

const median = (numbers) => [...numbers].sort((a, b) => a - b)[numbers.length >> 1];

async function main() {
  checkBuilt([{ needs: "dist/cli/main.js" }, { needs: "dist/otlp.js" }]);
  const tools = buildGoTools();
  const trace = values.trace ?? (await prepareTrace({ megabytes: 50, format: 2 }, tools.servers));
  const part = partWith(trace, SPANS);
  console.log(`${part.spans} spans (${part.args.join(" ")}), medians of ${values.runs} runs`);
  const collector = await startCollector(buildCollector());
  try {
    for (const protocol of PROTOCOLS) {
      const before = await accepted();
      const runs = Array.from({ length: Number(values.runs) }, () =>
        measure(trace, part, protocol, tools.launch),
      );
      const lost = part.spans * 2 * runs.length - ((await accepted()) - before);
      const rate = (seconds) => `${Math.round(part.spans / seconds / 1000)} k spans/s`;
      console.log(
        `${protocol}: ${rate(median(runs.map(({ wall }) => wall)))} end to end, ` +
          `${rate(median(runs.map(({ alone }) => alone)))} the exporter alone, ` +
          `ratio ${median(runs.map(({ alone, wall }) => alone / wall)).toFixed(2)}, ` +
          `peak RSS ${Math.round(Math.max(...runs.map(({ megabytes }) => megabytes)))} MB, ${lost} lost`,
      );
    }
  } finally {
    collector.kill();
    await once(collector, "exit");
  }
}

try {
  await main();
} catch (error) {
  if (!(error instanceof BenchFailure)) throw error;
  console.error(`bench: ${error.message}`);
  process.exitCode = 1;
}
