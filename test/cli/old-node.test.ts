// @module-tag long

import { spawnSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { optionalPart } from "../support/optional.js";
import { cacheDir, fillAtomically, unavailable, unpackPackage } from "../support/perfetto-tools.js";

const ROOT = fileURLToPath(new URL("../..", import.meta.url));
const { engines } = JSON.parse(readFileSync(join(ROOT, "package.json"), "utf8"));
const NEEDED = engines.node.replace(">=", "");
const VERSION = "18.20.8";

const folder = join(cacheDir(), `node-${VERSION}`);
const reason = await unpackNode().then(() => undefined, unavailable);
const available = optionalPart("an older Node", () => reason);

async function unpackNode(): Promise<void> {
  const name = `node-${process.platform}-${process.arch}@${VERSION}`;
  if (!existsSync(folder)) await fillAtomically(folder, (dir) => unpackPackage(name, "package/bin", dir));
}

test.runIf(available)("an older Node is refused in one line", () => {
  const { status, stdout, stderr } = spawnSync(join(folder, "node"), [
    join(ROOT, "dist/cli/main.js"),
    "--version",
  ]);
  expect([status, stdout.toString(), stderr.toString()]).toEqual([
    2,
    "",
    `go2perfetto needs Node ≥ ${NEEDED}, this is v${VERSION}\n`,
  ]);
});
