import { spawnSync } from "node:child_process";
import { expect, test } from "vitest";
import { ROOT } from "../support/markdown.js";

test("docs/cli.md is what the commands say of themselves", () => {
  const args = ["scripts/docs.mjs", "--check"];
  const { status, stderr } = spawnSync(process.execPath, args, { cwd: ROOT, encoding: "utf8" });
  expect([status, stderr]).toEqual([0, ""]);
});
