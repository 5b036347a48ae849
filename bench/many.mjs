import { linkSync, mkdirSync, rmSync } from "node:fs";
import { basename, join } from "node:path";
import { workDir } from "./paths.mjs";

/**
 * A folder in which the same trace stands under many names.
 * @param {string} tracePath @param {number} count @returns {string} its path
 */
export function manyOf(tracePath, count) {
  const folder = join(workDir, "many", basename(tracePath, ".trace"));
  rmSync(folder, { force: true, recursive: true });
  mkdirSync(folder, { recursive: true });
  for (let i = 0; i < count; i++) linkSync(tracePath, join(folder, `${i}.trace`));
  return folder;
}
