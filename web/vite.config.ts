import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import type { Plugin } from "vite";
import { defineConfig } from "vite";
import { SCRIPT_HASH, STYLE_HASH } from "#page/report.js";

const { version } = JSON.parse(readFileSync(new URL("../package.json", import.meta.url), "utf8"));

/**
 * What the page may do. Nothing leaves it: it may connect to its own files only. A report that it shows has the page's policy besides its own, so the
 * report's script and style are allowed too.
 */
const POLICY: Readonly<Record<string, string>> = {
  "default-src": "'none'",
  "script-src": `'self' '${SCRIPT_HASH}'`,
  "style-src": `'self' '${STYLE_HASH}'`,
  "img-src": "'self' data:",
  "connect-src": "'self'",
  "worker-src": "'self'",
  "base-uri": "'none'",
  "form-action": "'none'",
};

/** Puts the policy into the page, as one can do where one has no server of one's own. */
function policy(): Plugin {
  const content = Object.entries(POLICY)
    .map(([name, value]) => `${name} ${value}`)
    .join("; ");
  return {
    name: "policy",
    apply: "build",
    transformIndexHtml: () => [
      { tag: "meta", attrs: { "http-equiv": "Content-Security-Policy", content }, injectTo: "head-prepend" },
    ],
  };
}

/** Tells the service worker the files of the build. */
function fileList(): Plugin {
  return {
    name: "file-list",
    apply: "build",
    enforce: "post",
    generateBundle(_options, bundle) {
      const worker = bundle["service-worker.js"];
      if (worker?.type !== "chunk") throw new Error("there is no service worker");
      const names = Object.keys(bundle)
        .filter((name) => name !== "service-worker.js")
        .sort();
      const files = ["./", ...names.map((name) => `./${name}`)];
      const build = createHash("sha256");
      for (const name of names) {
        const file = bundle[name];
        build.update(name).update((file?.type === "chunk" ? file.code : file?.source) ?? "");
      }
      const facts = `const FILES = ${JSON.stringify(files)}, BUILD = "${build.digest("hex").slice(0, 16)}";\n`;
      worker.code = facts + worker.code;
    },
  };
}

export default defineConfig({
  root: fileURLToPath(new URL(".", import.meta.url)),
  // It may be hosted in any folder.
  base: "./",
  define: { GENERATOR: JSON.stringify(`go2perfetto ${version}`) },
  build: {
    outDir: "../dist-web",
    emptyOutDir: true,
    target: "es2022",
    modulePreload: { polyfill: false },
    // The policy allows files only.
    assetsInlineLimit: 0,
    rolldownOptions: {
      input: { page: "index.html", "service-worker": "service-worker.ts" },
      output: {
        entryFileNames: ({ name }) => (name === "service-worker" ? "[name].js" : "assets/[name]-[hash].js"),
      },
    },
  },
  worker: { format: "es" },
  plugins: [policy(), fileList()],
});
