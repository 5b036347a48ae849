import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

interface Manifest {
  readonly version: string;
}

/** The package's version. The manifest stands two folders above, in the sources and in the build. */
export const VERSION = (() => {
  const path = fileURLToPath(new URL("../../package.json", import.meta.url));
  return (JSON.parse(readFileSync(path, "utf8")) as Manifest).version;
})();
