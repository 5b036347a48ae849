import { type ChildProcess, execFile, spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { once } from "node:events";
import {
  closeSync,
  existsSync,
  fstatSync,
  mkdtempSync,
  openSync,
  readFileSync,
  readSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { freePort } from "../free-port.js";
import { optionalPart } from "../optional.js";
import { cacheDir, fillAtomically, unavailable } from "../perfetto-tools.js";
import { type OtlpSpan, spansOfLines } from "./otlp-spans.js";

const run = promisify(execFile);
const MODULE = fileURLToPath(new URL("../otelcol", import.meta.url));
const BINARY = "otelcol";

/**
 * The collector's binary: from the cache, else built from the module beside this file, which takes some minutes.
 * @throws Error without Go, or if it cannot be built
 */
export async function collectorBinary(): Promise<string> {
  const hash = createHash("sha256");
  for (const file of ["go.mod", "go.sum", "main.go"]) hash.update(readFileSync(join(MODULE, file)));
  const target = join(cacheDir(), `otelcol-${hash.digest("hex").slice(0, 12)}`);
  if (!existsSync(target)) await fillAtomically(target, build);
  return join(target, BINARY);
}

/** Whether the collector can be had; if not, `part` is left out. */
export async function haveCollector(part: string): Promise<boolean> {
  const reason = await collectorBinary().then(() => undefined, unavailable);
  return optionalPart(part, () => reason);
}

async function build(dir: string): Promise<void> {
  const env = { ...process.env, GOFLAGS: "-buildvcs=false -p=2", CGO_ENABLED: "0", GOWORK: "off" };
  await run("go", ["build", "-ldflags=-s -w", "-o", join(dir, BINARY), "."], {
    cwd: MODULE,
    env,
  });
}

interface CollectorOptions {
  /** Only counts spans, instead of writing them down. */
  readonly counts?: boolean;
  /** A port that it had before. */
  readonly port?: number;
  readonly tls?: CollectorTls;
}

/** Files in PEM. */
interface CollectorTls {
  /** The certificate with its key. */
  readonly server: string;
  /** Who has to have signed the client's certificate; without it, none is asked for. */
  readonly clientAuthority?: string;
}

/** A real OpenTelemetry collector, on this machine alone. */
export class Collector {
  readonly port: number;
  /** Where it takes gRPC. */
  readonly grpcUrl: string;
  readonly #metricsPort: number;
  readonly #file: string;
  readonly #process: ChildProcess;
  readonly #spans: OtlpSpan[] = [];
  /** Bytes of the file whose spans are known. */
  #read = 0;
  #log = "";

  private constructor(
    readonly url: string,
    port: number,
    grpcUrl: string,
    metricsPort: number,
    file: string,
    process: ChildProcess,
  ) {
    this.port = port;
    this.grpcUrl = grpcUrl;
    this.#metricsPort = metricsPort;
    this.#file = file;
    this.#process = process;
    process.stderr?.on("data", (text: Buffer) => {
      this.#log += text;
    });
  }

  /** @throws Error if it does not answer in time */
  static async start(options: CollectorOptions = {}): Promise<Collector> {
    const binary = await collectorBinary();
    const folder = mkdtempSync(join(tmpdir(), "go2perfetto-otelcol-"));
    const file = join(folder, "spans.jsonl");
    const port = options.port ?? (await freePort());
    const grpcPort = await freePort();
    const metricsPort = await freePort();
    const config = join(folder, "config.yaml");
    writeFileSync(config, configuration(port, grpcPort, metricsPort, options, file));
    const child = spawn(binary, ["--config", config], { stdio: ["ignore", "ignore", "pipe"] });
    const scheme = options.tls === undefined ? "http" : "https";
    const [url, grpcUrl] = [`${scheme}://127.0.0.1:${port}`, `${scheme}://127.0.0.1:${grpcPort}`];
    const collector = new Collector(url, port, grpcUrl, metricsPort, file, child);
    await collector.#ready();
    return collector;
  }

  /** The spans that it has written down. Only after {@link stop} are that all. */
  spans(): readonly OtlpSpan[] {
    if (!this.hasSpans()) return [];
    // Who waits for spans asks again and again: only whole lines that are new are read.
    const lines = bytesFrom(this.#file, this.#read);
    const end = lines.lastIndexOf("\n") + 1;
    for (const span of spansOfLines(lines.toString("utf8", 0, end))) this.#spans.push(span);
    this.#read += end;
    return this.#spans;
  }

  /** Whether it has written down any. */
  hasSpans(): boolean {
    return (statSync(this.#file, { throwIfNoEntry: false })?.size ?? 0) > 0;
  }

  /** How many spans it has accepted, if it counts. */
  async accepted(): Promise<number> {
    const text = await (await fetch(`http://127.0.0.1:${this.#metricsPort}/metrics`)).text();
    return Number(/^otelcol_receiver_accepted_spans\S* (\S+)$/m.exec(text)?.[1] ?? 0);
  }

  /** Ends it; with the default signal it writes down what it has. */
  async stop(signal: NodeJS.Signals = "SIGTERM"): Promise<void> {
    if (this.#process.exitCode !== null || this.#process.signalCode !== null) return;
    this.#process.kill(signal);
    await once(this.#process, "exit");
  }

  async #ready(): Promise<void> {
    for (let attempt = 0; attempt < 300; attempt++) {
      if (this.#process.exitCode !== null) break;
      if (await listens(this.port)) return;
      await pause(100);
    }
    await this.stop("SIGKILL");
    throw new Error(`the collector does not start: ${this.#log}`);
  }
}

function bytesFrom(path: string, start: number): Buffer {
  const file = openSync(path, "r");
  try {
    const bytes = Buffer.alloc(Math.max(fstatSync(file).size - start, 0));
    return bytes.subarray(0, readSync(file, bytes, { position: start }));
  } finally {
    closeSync(file);
  }
}

/** Whether there is a server. */
async function listens(port: number): Promise<boolean> {
  const socket = connect(port, "127.0.0.1");
  const there = await once(socket, "connect").then(
    () => true,
    () => false,
  );
  socket.destroy();
  return there;
}

function configuration(
  port: number,
  grpcPort: number,
  metricsPort: number,
  { counts = false, tls }: CollectorOptions,
  file: string,
): string {
  const exporter = counts ? "nop: {}" : `file: { path: ${JSON.stringify(file)}, flush_interval: 100ms }`;
  const at = (each: number) => ({
    endpoint: `127.0.0.1:${each}`,
    ...(tls && {
      tls: { cert_file: tls.server, key_file: tls.server, client_ca_file: tls.clientAuthority ?? "" },
    }),
  });
  return `
receivers:
  otlp: { protocols: ${JSON.stringify({ http: at(port), grpc: at(grpcPort) })} }
exporters:
  ${exporter}
service:
  telemetry:
    logs: { level: warn }
    metrics:
      level: basic
      readers: [{ pull: { exporter: { prometheus: { host: 127.0.0.1, port: ${metricsPort} } } } }]
  pipelines:
    traces: { receivers: [otlp], exporters: [${counts ? "nop" : "file"}] }
`;
}
