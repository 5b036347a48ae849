import { existsSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

interface Manifest {
  readonly version: string;
}

/** The package version. Its manifest is the nearest one above this file, in the sources and in the build. */
export const VERSION = (() => {
  let manifest = new URL("package.json", import.meta.url);
  while (!existsSync(manifest)) manifest = new URL("../package.json", manifest);
  return (JSON.parse(readFileSync(fileURLToPath(manifest), "utf8")) as Manifest).version;
})();
