// Bundles the fuzzer, so that it runs without a loader of TypeScript, and as fast as what is published.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { rolldown } from "rolldown";

const root = fileURLToPath(new URL("../..", import.meta.url));

/** Sources know where they stand, which a bundle does not. */
const ownUrl = {
  name: "own-url",
  transform(code, id) {
    return code.includes("import.meta.url")
      ? { code: code.replaceAll("import.meta.url", JSON.stringify(pathToFileURL(id).href)) }
      : undefined;
  },
};

/**
 * Bundles the fuzzer into a folder from which the project's packages are found.
 * @returns paths of the programs
 */
export async function bundleFuzzer() {
  const { dependencies, devDependencies } = JSON.parse(readFileSync(join(root, "package.json"), "utf8"));
  const packages = Object.keys({ ...dependencies, ...devDependencies });
  const isExternal = (id) =>
    id.startsWith("node:") || packages.some((each) => id === each || id.startsWith(`${each}/`));
  const bundle = await rolldown({
    input: {
      main: "test/fuzz/main.ts",
      subject: "test/fuzz/subject-main.ts",
    },
    cwd: root,
    platform: "node",
    external: isExternal,
    plugins: [ownUrl],
    logLevel: "warn",
  });
  const dir = join(root, "node_modules/.cache/go2perfetto-fuzz", String(process.pid));
  await bundle.write({ dir, format: "esm", entryFileNames: "[name].js" });
  return { dir, main: join(dir, "main.js"), subject: join(dir, "subject.js") };
}
