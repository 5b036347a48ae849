import { execFile } from "node:child_process";
import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";

const SERVER = fileURLToPath(new URL("../../../bench/server", import.meta.url));

/** A new trace of a server-like program, made by the program of the benchmark. @throws Error without Go */
export async function largeTrace(megabytes: number): Promise<string> {
  const folder = mkdtempSync(join(tmpdir(), "go2perfetto-large-"));
  const path = join(folder, "large.trace");
  const program = join(folder, "server");
  const env = { ...process.env, GOWORK: "off" };
  const run = promisify(execFile);
  await run("go", ["build", "-trimpath", "-buildvcs=false", "-o", program, "."], { cwd: SERVER, env });
  await run(program, [path, String(megabytes)]);
  return path;
}
