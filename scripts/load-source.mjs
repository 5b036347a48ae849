import { basename, join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { rolldown } from "rolldown";

const root = fileURLToPath(new URL("../", import.meta.url));

/** Loads a TypeScript file of the project as a module. Packages stay as they are. @param path from the root */
export async function loadSource(path) {
  const bundle = await rolldown({ input: join(root, path), platform: "node", external: [/^[^./]/] });
  // Two folders deep, as the built files are: they look for package.json from there.
  const dir = join(root, "node_modules", `.source-${basename(path, ".ts")}`);
  await bundle.write({ dir, format: "esm", entryFileNames: "main.mjs", chunkFileNames: "[name].mjs" });
  return await import(pathToFileURL(join(dir, "main.mjs")).href);
}
