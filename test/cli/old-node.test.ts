// @module-tag long

import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { otherRuntime } from "../support/other-runtime.js";

const ROOT = fileURLToPath(new URL("../..", import.meta.url));
const { engines } = JSON.parse(readFileSync(join(ROOT, "package.json"), "utf8"));
const NEEDED = engines.node.replace(">=", "");
const VERSION = "18.20.8";

const { executable, available } = await otherRuntime("node", VERSION, "an older Node");

test.runIf(available)("an older Node is refused in one line", () => {
  const { status, stdout, stderr } = spawnSync(executable, [join(ROOT, "dist/cli/main.js"), "--version"]);
  expect([status, stdout.toString(), stderr.toString()]).toEqual([
    2,
    "",
    `go2perfetto needs Node ≥ ${NEEDED}, this is v${VERSION}\n`,
  ]);
});
