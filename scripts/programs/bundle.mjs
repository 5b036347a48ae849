import { readdirSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { build } from "esbuild";

const require = createRequire(import.meta.url);

/** `import.meta` does not exist in a script. URLs of files are relative to the program instead. */
const URL_NAME = "programUrl";
const BANNER = `const ${URL_NAME} = require("node:url").pathToFileURL(process.execPath).href;`;

/** Gives Piscina, in the main thread, a `Worker` that starts threads without a file. */
const threadsWithoutFiles = (root) => ({
  name: "threads-without-files",
  setup({ onResolve }) {
    const worker = join(require.resolve("piscina"), "../worker.js");
    onResolve({ filter: /^node:worker_threads$/ }, ({ importer }) => {
      const isPool = /[\\/]piscina[\\/]dist[\\/]/.test(importer) && importer !== worker;
      return isPool ? { path: join(root, "src/cli/executable/worker-threads.ts") } : undefined;
    });
    onResolve({ filter: /^piscina\/worker$/ }, () => ({ path: worker }));
  },
});

/** Commander can run commands that are programs of their own, with a module that loads twenty others. We have none. */
const noPrograms = {
  name: "no-programs",
  setup({ onResolve, onLoad }) {
    const nothing = { path: "node:child_process", namespace: "nothing" };
    onResolve({ filter: /^node:child_process$/ }, ({ importer }) =>
      /[\\/]commander[\\/]/.test(importer) ? nothing : undefined,
    );
    onLoad({ filter: /./, namespace: nothing.namespace }, () => ({ contents: "" }));
  },
};

/**
 * Bundles an entry with all that it imports to one script. Modules that are imported lazily stay lazy, as are the
 * modules of Node that they import: so esbuild rather than rolldown, which loads those at once.
 *
 * @param root folder of the project
 * @param entry path from the root
 * @returns the script, and the files that it has, as paths from the root
 */
export async function bundle(root, entry) {
  const { outputFiles, metafile } = await build({
    entryPoints: [entry],
    absWorkingDir: root,
    bundle: true,
    platform: "node",
    format: "cjs",
    target: "node24",
    write: false,
    metafile: true,
    // Names stay, for stack traces.
    minifyWhitespace: true,
    minifySyntax: true,
    legalComments: "none",
    // The script is run by one that Node knows nothing of: it has `require` and `__dirname` only.
    supported: { "dynamic-import": false },
    define: { "import.meta.url": URL_NAME },
    banner: { js: BANNER },
    plugins: [threadsWithoutFiles(root), noPrograms],
    // A native part of Piscina, for niceness, which we do not set.
    external: ["@napi-rs/nice"],
  });
  return { script: ascii(outputFiles[0].text), inputs: Object.keys(metafile.inputs) };
}

/** A script with a single other character takes twice the memory. esbuild leaves those of regular expressions. */
function ascii(script) {
  return script.replace(/[^\0-\x7f]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`);
}

/** The licences of the packages that files belong to, as one text. @param inputs paths from the root */
export function licencesOf(root, inputs) {
  const packages = new Set(inputs.map((path) => /^.*node_modules\/(?:@[^/]+\/)?[^/]+(?=\/)/.exec(path)?.[0]));
  packages.delete(undefined);
  const texts = [...packages].sort().map((path) => {
    const { name, version, license } = JSON.parse(readFileSync(join(root, path, "package.json"), "utf8"));
    const file = readdirSync(join(root, path)).find((each) => /^licen[cs]e/i.test(each));
    const text = file === undefined ? "" : readFileSync(join(root, path, file), "utf8").trim();
    return `${name} ${version}: ${license}\n\n${text}`.trim();
  });
  return texts.join(`\n\n${"-".repeat(80)}\n\n`);
}
