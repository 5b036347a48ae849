import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { once } from "node:events";
import {
  createReadStream,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
} from "node:fs";
import { join } from "node:path";
import { BenchFailure } from "./failure.mjs";
import { benchDir, workDir } from "./paths.mjs";

const tracesDir = join(workDir, "traces");
const serverDir = join(benchDir, "server");

/**
 * The trace of that size: the one of an earlier benchmark, unless the program that makes it or Go's version changed.
 * @param {import("./options.mjs").TraceSize} size
 * @param {Record<1 | 2, { path: string, version: string }>} servers what makes it, by format
 * @returns {Promise<string>} its path
 */
export async function prepareTrace({ megabytes, format }, servers) {
  const { path: server, version } = servers[format];
  const start = `${format === 1 ? "go1.21-" : ""}${megabytes}mb-`;
  const path = join(tracesDir, `${start}${fingerprint(version)}.trace`);
  if (!existsSync(path)) makeTrace(path, start, megabytes, server);
  // Read once, so that no contender is the first to wait for the disk.
  await once(createReadStream(path).resume(), "close");
  return path;
}

function makeTrace(path, start, megabytes, server) {
  mkdirSync(tracesDir, { recursive: true });
  for (const name of readdirSync(tracesDir).filter((name) => name.startsWith(start))) {
    rmSync(join(tracesDir, name));
  }
  console.error(`making a trace of ${megabytes} MB`);
  const partial = `${path}.partial`;
  try {
    execFileSync(server, [partial, String(megabytes)], { stdio: ["ignore", "ignore", "inherit"] });
  } catch {
    rmSync(partial, { force: true });
    throw new BenchFailure(`the server made no trace of ${megabytes} MB`);
  }
  renameSync(partial, path);
}

function fingerprint(goVersion) {
  const hash = createHash("sha256").update(goVersion);
  for (const name of readdirSync(serverDir).sort())
    hash.update(name).update(readFileSync(join(serverDir, name)));
  return hash.digest("hex").slice(0, 12);
}
