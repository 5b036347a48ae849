import { spawn } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import "../../cli/command.js";

const main = fileURLToPath(new URL("../../../dist/cli/main.js", import.meta.url));

export interface OtlpResult {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
  /** From start to end, in milliseconds. */
  readonly time: number;
}

/** A running `go2perfetto otlp`. */
export interface OtlpRun {
  readonly child: ReturnType<typeof spawnOtlp>;
  readonly result: Promise<OtlpResult>;
}

/** Variables of OpenTelemetry that whoever runs the tests may have set. */
const plainEnvironment = () =>
  Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith("OTEL_")));

const spawnOtlp = (args: readonly string[], env: NodeJS.ProcessEnv) =>
  spawn(process.execPath, [main, "otlp", ...args], {
    env: { ...plainEnvironment(), NO_COLOR: "1", ...env },
    stdio: ["pipe", "pipe", "pipe"],
  });

/** Starts the built command, beside a server that runs in this process. */
export function startOtlp(args: readonly string[], env: NodeJS.ProcessEnv = {}): OtlpRun {
  const began = performance.now();
  const child = spawnOtlp(args, env);
  let stdout = "";
  let stderr = "";
  child.stdout.on("data", (text: Buffer) => {
    stdout += text;
  });
  child.stderr.on("data", (text: Buffer) => {
    stderr += text;
  });
  child.stdin.on("error", () => undefined);
  const result = once(child, "close").then(([code]) => ({
    code: code as number | null,
    stdout,
    stderr,
    time: performance.now() - began,
  }));
  return { child, result };
}

/** Runs the built command to its end. */
export function otlp(args: readonly string[], env: NodeJS.ProcessEnv = {}): Promise<OtlpResult> {
  const { child, result } = startOtlp(args, env);
  child.stdin.end();
  return result;
}
