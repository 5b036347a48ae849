import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { chmod } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { rolldown } from "rolldown";
import { optionalPart } from "./optional.js";
import { cacheDir, fillAtomically, traceProcessorDir, unavailable } from "./perfetto-tools.js";

const run = promisify(execFile);

const PACKAGE = "perfetto";
const VERSION = "0.59.1";
const OPTIONS = ["--quiet", "--disable-pip-version-check", "--no-warn-conflicts", "--only-binary=:all:"];
const SHELL_SOURCE = fileURLToPath(new URL("trace-processor-shell.ts", import.meta.url));

/** Where Perfetto's Python package is, and what it can start as its trace processor. */
export interface BatchTraceProcessorTools {
  /** For PYTHONPATH. */
  readonly packages: string;
  /** A script that is started like `trace_processor_shell`. */
  readonly shell: string;
}

/** Perfetto's Python package and a shell for it, made in `folder`; undefined where they are not to be had. */
export async function batchTraceProcessor(
  part: string,
  folder: string,
): Promise<BatchTraceProcessorTools | undefined> {
  let tools: BatchTraceProcessorTools | undefined;
  const reason = await traceProcessorDir()
    .then(async () => {
      tools = { packages: await packagesDir(), shell: await makeShell(folder) };
      return undefined;
    })
    .catch(unavailable);
  optionalPart(part, () => reason);
  return tools;
}

/** From the cache, or fetched into it through pip, for the Python that there is. */
async function packagesDir(): Promise<string> {
  const python = await run("python3", ["-c", "import sys; print('%d.%d' % sys.version_info[:2])"]);
  const target = join(cacheDir(), `${PACKAGE}-${VERSION}-python${python.stdout.trim()}`);
  const install = async (dir: string) => {
    await run("python3", [
      "-m",
      "pip",
      "install",
      ...OPTIONS,
      "--target",
      dir,
      `${PACKAGE}==${VERSION}`,
      "pandas",
    ]);
  };
  if (!existsSync(target)) await fillAtomically(target, install);
  return target;
}

async function makeShell(folder: string): Promise<string> {
  const path = join(folder, "trace_processor_shell.mjs");
  const bundle = await rolldown({
    input: SHELL_SOURCE,
    platform: "node",
    external: [/^node:/],
    logLevel: "silent",
  });
  await bundle.write({ file: path, format: "esm", banner: "#!/usr/bin/env node" });
  await chmod(path, 0o755);
  return path;
}
