// Builds dist/: the proto descriptors and the script of report pages as modules, then the TypeScript.
import { execFileSync } from "node:child_process";
import { chmodSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, extname, join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import { rolldown } from "rolldown";
import { buildPages } from "./build-pages.mjs";

const root = join(dirname(fileURLToPath(import.meta.url)), "..");
const require = createRequire(import.meta.url);
const bin = (pkg, path) => join(dirname(require.resolve(`${pkg}/package.json`)), path);
const run = (script, args) =>
  execFileSync(process.execPath, [script, ...args], {
    cwd: root,
    maxBuffer: 1 << 26,
    stdio: ["ignore", "pipe", "inherit"],
  });

rmSync(join(root, "dist"), { recursive: true, force: true });
mkdirSync(join(root, "dist/proto"), { recursive: true });

// A module rather than a JSON file: Node 20 warns about every JSON import.
for (const file of readdirSync(join(root, "proto")).filter((name) => name.endsWith(".proto"))) {
  const json = run(bin("protobufjs-cli", "bin/pbjs"), [
    "-t",
    "json",
    "--keep-case",
    join("proto", file),
  ]).toString();
  const name = file.replace(/\.proto$/, "");
  writeFileSync(join(root, `dist/proto/${name}.js`), `export default ${JSON.stringify(JSON.parse(json))};\n`);
  writeFileSync(
    join(root, `dist/proto/${name}.d.ts`),
    'import type { INamespace } from "protobufjs";\ndeclare const descriptor: INamespace;\nexport default descriptor;\n',
  );
}

writeFileSync(
  join(root, "dist/page-files.d.ts"),
  "declare const files: Readonly<Record<string, { readonly type: string; readonly text: string }>>;\nexport default files;\n",
);
await buildPages(root);

run(bin("typescript", "bin/tsc"), ["-p", "tsconfig.build.json"]);

let first;
/** The chunk of a file that `run.ts` imports at once. The library needs some of them, but not those of the command line. */
function firstChunk(id, context) {
  first ??= importedBy(join(root, "src/cli/run.ts"), context);
  if (!first.has(id)) return null;
  return id.includes("src/cli/") ? "cli" : "vocabulary";
}

/** The files that a file imports at once, directly or not. */
function importedBy(id, context, found = new Set()) {
  for (const imported of context.getModuleInfo(id)?.importedIds ?? []) {
    if (found.has(imported)) continue;
    found.add(imported);
    importedBy(imported, context, found);
  }
  return found;
}

// Few files start faster than many: the command's start-up time is a tenth of what a 50 MB trace takes.
const bundle = await rolldown({
  input: {
    index: "src/index.ts",
    node: "src/node.ts",
    perfetto: "src/perfetto.ts",
    chrome: "src/chrome.ts",
    pprof: "src/pprof.ts",
    otlp: "src/otlp.ts",
    html: "src/html.ts",
    go: "src/go.ts",
    "cli/main": "src/cli/main.ts",
    "cli/run": "src/cli/run.ts",
    "cli/batch-worker": "src/cli/commands/batch/batch-worker.ts",
  },
  cwd: root,
  platform: "node",
  external: [
    /^node:/,
    // Made below, of what is made here.
    "#page-files",
    ...Object.keys(JSON.parse(readFileSync(join(root, "package.json"), "utf8")).dependencies),
    /^protobufjs/,
    /^#page\//,
  ],
  // Some chunk may have to export more than its entry does.
  preserveEntrySignatures: "allow-extension",
  logLevel: "warn",
});
await bundle.write({
  dir: join(root, "dist"),
  format: "esm",
  entryFileNames: "[name].js",
  chunkFileNames: "chunks/[name]-[hash].js",
  // What every command needs is one file, not the twenty that the entries have in common in all their combinations.
  codeSplitting: {
    // Else a group takes along what its files need, also if the library needs that without the group.
    includeDependenciesRecursively: false,
    groups: [
      // What runs before the command is known: 180 kB, of which --help and --version need no more.
      { name: firstChunk, test: /src\/(?!cli\/run\.ts)/ },
      // Files and streams of Node stay apart: what the library's main entry loads runs in a browser too.
      {
        name: "trace",
        test: /src\/(base|bytes\/(?!(file|gzip|unzipped|stream|url|response)-source|request-error|connection-problem|tls-|encode)|event|wire\/(?!v1\/|v2\/dump|dump|wire-stats)|order(?!\/v1\/)|sched|select\/(goroutine-selector|selection-error|similar))\b/,
      },
      // Loaded for traces before Go 1.22, and for parts of traces.
      { name: "v1", test: /src\/(wire|order)\/v1\// },
      { name: "select", test: /src\/select\// },
      // What most commands need.
      {
        name: "command",
        test: /src\/cli\/(input\/(input|lasting-input|progress|reading|selected-input|trace-failure)|output\/(?!page-file|temporary-files)|commands\/convert\/conversion)\b/,
      },
      // The engine takes constants and functions of other files for such as may change, and looks them up each time.
      { name: "perfetto", test: /src\/(sink\/perfetto|bytes\/encode)\// },
      { name: "chrome", test: /src\/sink\/chrome\// },
    ],
  },
});
chmodSync(join(root, "dist/cli/main.js"), 0o755);

// The page is built upon the library as it is published. The command `page` has its files as a module, so that it finds
// them wherever it is installed.
run(bin("vite", "bin/vite.js"), ["build", "web", "--logLevel", "warn"]);
const TYPES = {
  html: "text/html; charset=utf-8",
  js: "text/javascript",
  css: "text/css",
  svg: "image/svg+xml",
};
const web = join(root, "dist-web");
const names = readdirSync(web, { recursive: true, withFileTypes: true })
  .filter((entry) => entry.isFile())
  .map((entry) => relative(web, join(entry.parentPath, entry.name)).replaceAll("\\", "/"));
const files = names.map((name) => [
  name,
  { type: TYPES[extname(name).slice(1)], text: readFileSync(join(web, name), "utf8") },
]);
writeFileSync(
  join(root, "dist/page-files.js"),
  `export default ${JSON.stringify(Object.fromEntries(files))};\n`,
);
