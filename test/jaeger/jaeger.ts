import { type ChildProcess, execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdtempSync, writeFileSync } from "node:fs";
import { cp, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { promisify } from "node:util";
import { freePort } from "../support/free-port.js";
import { type OtlpSpan, type RawRequest, spansOfRequest } from "../support/otlp/otlp-spans.js";
import { cacheDir, fillAtomically } from "../support/perfetto-tools.js";

const run = promisify(execFile);
const MODULE = "github.com/jaegertracing/jaeger";
const VERSION = "1.76.0";
const BINARY = "jaeger";

/** Jaeger's binary: from the cache, else built, which takes some six minutes. @throws Error without Go */
export async function jaegerBinary(): Promise<string> {
  const target = join(cacheDir(), `jaeger-${VERSION}`);
  if (!existsSync(target)) await fillAtomically(target, build);
  return join(target, BINARY);
}

/** Builds it in a copy of its module, as the module cache must not be written to. */
async function build(dir: string): Promise<void> {
  const { stdout } = await run("go", ["mod", "download", "-json", `${MODULE}@v${VERSION}`], {
    env: goEnvironment(),
  });
  const { Dir } = JSON.parse(stdout) as { Dir: string };
  const copy = await mkdtemp(join(tmpdir(), "go2perfetto-jaeger-"));
  try {
    await cp(Dir, copy, { recursive: true });
    await run("chmod", ["-R", "u+w", copy]);
    const args = ["build", "-trimpath", "-ldflags=-s -w", "-o", join(dir, BINARY), "./cmd/jaeger"];
    await run("go", args, { cwd: copy, env: goEnvironment() });
  } finally {
    await rm(copy, { recursive: true, force: true });
  }
}

const goEnvironment = () => ({
  ...process.env,
  GOFLAGS: "-buildvcs=false -p=2",
  CGO_ENABLED: "0",
  GOWORK: "off",
});

/** A real Jaeger that keeps spans in memory, on this machine alone. */
export class Jaeger {
  /** Where it takes spans, by HTTP and by gRPC. */
  readonly otlp: string;
  readonly otlpGrpc: string;
  /** Where its pages and its API are. */
  readonly ui: string;
  readonly #process: ChildProcess;

  private constructor(otlp: string, otlpGrpc: string, ui: string, process: ChildProcess) {
    this.otlp = otlp;
    this.otlpGrpc = otlpGrpc;
    this.ui = ui;
    this.#process = process;
  }

  /** @throws Error if it does not answer in time */
  static async start(): Promise<Jaeger> {
    const binary = await jaegerBinary();
    const [otlp, otlpGrpc, ui, grpc] = [
      await freePort(),
      await freePort(),
      await freePort(),
      await freePort(),
    ];
    const config = join(mkdtempSync(join(tmpdir(), "go2perfetto-jaeger-")), "config.yaml");
    writeFileSync(config, configuration(otlp, otlpGrpc, ui, grpc));
    const child = spawn(binary, ["--config", config], { stdio: ["ignore", "ignore", "inherit"] });
    const [byHttp, byGrpc, pages] = [otlp, otlpGrpc, ui].map((port) => `http://127.0.0.1:${port}`) as [
      string,
      string,
      string,
    ];
    const jaeger = new Jaeger(byHttp, byGrpc, pages, child);
    for (let attempt = 0; attempt < 300; attempt++) {
      if ((await jaeger.#isReady()) || child.exitCode !== null) break;
      await pause(100);
    }
    if (await jaeger.#isReady()) return jaeger;
    await jaeger.stop();
    throw new Error("Jaeger does not start");
  }

  async services(): Promise<string[]> {
    const { data } = (await (await fetch(`${this.ui}/api/services`)).json()) as { data: string[] };
    return data.sort();
  }

  /** The spans of a trace, to the nanosecond. */
  async trace(id: string): Promise<OtlpSpan[]> {
    const response = await fetch(`${this.ui}/api/v3/traces/${id}`);
    const { result } = (await response.json()) as { result?: RawRequest };
    return spansOfRequest(result ?? {});
  }

  async stop(): Promise<void> {
    if (this.#process.exitCode !== null) return;
    this.#process.kill();
    await once(this.#process, "exit");
  }

  async #isReady(): Promise<boolean> {
    return fetch(`${this.ui}/api/services`).then(
      ({ ok }) => ok,
      () => false,
    );
  }
}

function configuration(otlp: number, otlpGrpc: number, ui: number, grpc: number): string {
  return `
service:
  extensions: [jaeger_storage, jaeger_query]
  pipelines:
    traces: { receivers: [otlp], exporters: [jaeger_storage_exporter] }
  telemetry:
    metrics: { level: none }
    logs: { level: error }
extensions:
  jaeger_query:
    storage: { traces: mem }
    http: { endpoint: "127.0.0.1:${ui}" }
    grpc: { endpoint: "127.0.0.1:${grpc}" }
  jaeger_storage:
    backends: { mem: { memory: { max_traces: 100000 } } }
receivers:
  otlp: { protocols: { http: { endpoint: "127.0.0.1:${otlp}" }, grpc: { endpoint: "127.0.0.1:${otlpGrpc}" } } }
exporters:
  jaeger_storage_exporter: { trace_storage: mem }
`;
}
