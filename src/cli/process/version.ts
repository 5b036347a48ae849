import { existsSync, readFileSync } from "node:fs";
import { assets } from "./single-executable.js";

/** The name of the package's manifest, also as an asset of a single executable. */
const MANIFEST = "package.json";

interface Manifest {
  readonly version: string;
}

/** The package version. */
export const VERSION = (() => {
  const text = assets?.getAsset(MANIFEST, "utf8") ?? readFileSync(nearestManifest(), "utf8");
  return (JSON.parse(text) as Manifest).version;
})();

/** The manifest above this file, in the sources and in the build. */
function nearestManifest(): URL {
  let manifest = new URL(MANIFEST, import.meta.url);
  while (!existsSync(manifest)) manifest = new URL(`../${MANIFEST}`, manifest);
  return manifest;
}
