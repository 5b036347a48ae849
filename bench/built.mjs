import { existsSync, readdirSync, statSync } from "node:fs";
import { join } from "node:path";
import { BenchFailure } from "./failure.mjs";
import { rootDir } from "./paths.mjs";

/**
 * The benchmark measures what is built, and does not build: a measurement shall not change what it measures.
 * @param {import("./rows.mjs").Row[]} rows
 * @throws {BenchFailure} when a file that one of them needs is missing; an outdated one is only warned of
 */
export function checkBuilt(rows) {
  const needed = rows.flatMap(({ needs }) => needs ?? []);
  for (const file of needed) {
    if (!existsSync(join(rootDir, file))) throw new BenchFailure(`${file} is missing: npm run build`);
  }
  const built = Math.min(...needed.map((file) => statSync(join(rootDir, file)).mtimeMs));
  if (newestSource() > built) console.error("warning: src is newer than dist: npm run build");
}

function newestSource() {
  const src = join(rootDir, "src");
  const files = readdirSync(src, { recursive: true }).map((name) => statSync(join(src, name)));
  return Math.max(...files.filter((file) => file.isFile()).map((file) => file.mtimeMs));
}
