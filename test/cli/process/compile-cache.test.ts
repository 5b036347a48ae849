// @module-tag long

import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { otherRuntime } from "../../support/other-runtime.js";
import { emptyFolder, main } from "../command.js";

const { executable, available } = await otherRuntime("node", "24.21.0", "a newer Node");

/** Runs the command with a newer Node. @returns its exit code and messages */
function run(environment: NodeJS.ProcessEnv): readonly unknown[] {
  const { NODE_COMPILE_CACHE, NODE_DISABLE_COMPILE_CACHE, ...rest } = process.env;
  const { status, stderr } = spawnSync(executable, [main, "--version"], { env: { ...rest, ...environment } });
  return [status, stderr.toString()];
}

const DONE = [0, ""];

test.runIf(available)("compiled code is kept in the folder for caches", () => {
  const caches = emptyFolder();
  expect(run({ XDG_CACHE_HOME: caches })).toEqual(DONE);
  expect(readdirSync(caches)).toEqual(["go2perfetto"]);
  const [version = ""] = readdirSync(join(caches, "go2perfetto/compiled"));
  expect(version).toMatch(/^v24\./);
  const kept = readdirSync(join(caches, "go2perfetto/compiled", version));
  expect(kept.length).toBeGreaterThan(5);
  expect(run({ XDG_CACHE_HOME: caches })).toEqual(DONE);
  expect(readdirSync(join(caches, "go2perfetto/compiled", version)).sort()).toEqual(kept.sort());
});

test.runIf(available)("a home without a folder for caches stays as it is", () => {
  const home = emptyFolder();
  expect(run({ XDG_CACHE_HOME: "", HOME: home })).toEqual(DONE);
  expect(run({ XDG_CACHE_HOME: "", HOME: join(home, "absent") })).toEqual(DONE);
  expect(readdirSync(home)).toEqual([]);
});

test.runIf(available)("a cache that cannot be written is no error", () => {
  const caches = emptyFolder();
  writeFileSync(join(caches, "go2perfetto"), "a file");
  expect(run({ XDG_CACHE_HOME: caches })).toEqual(DONE);
});

test.runIf(available)("Node's variables turn the cache off and move it", () => {
  const caches = emptyFolder();
  expect(run({ XDG_CACHE_HOME: caches, NODE_DISABLE_COMPILE_CACHE: "1" })).toEqual(DONE);
  expect(readdirSync(caches)).toEqual([]);
  const other = join(emptyFolder(), "other");
  mkdirSync(other);
  expect(run({ XDG_CACHE_HOME: caches, NODE_COMPILE_CACHE: other })).toEqual(DONE);
  expect(existsSync(join(caches, "go2perfetto"))).toBe(false);
  expect(readdirSync(other).length).toBe(1);
});
