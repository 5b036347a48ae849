// Builds the scripts of pages that the command makes, and the style of reports, as modules of strings with their hashes.
import { createHash } from "node:crypto";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { rolldown } from "rolldown";

const require = createRequire(import.meta.url);

/** d3-flame-graph imports its style, in place of which the page has its own. */
const WITHOUT_STYLES = {
  name: "without-styles",
  load: (id) => (id.endsWith(".css") ? { code: "", moduleType: "js" } : undefined),
};

/** @param root the folder of the project; the modules are `dist/page/report.js` and `dist/page/handover.js` */
export async function buildPages(root) {
  const style = [join(dirname(require.resolve("uplot")), "uPlot.min.css"), join(root, "web/report/page.css")]
    .map((file) => readFileSync(file, "utf8"))
    .join("")
    .replaceAll(/\/\*.*?\*\//gs, "")
    .replaceAll(/\s*\n\s*/g, "\n");
  const report = await bundled(root, "web/report/main.ts");
  writeModule(root, "report", { ...report, STYLE: style, STYLE_HASH: hash(style) });
  writeModule(root, "handover", await bundled(root, "web/handover.ts"));
}

/** A script with all that it imports, to stand in a page. */
async function bundled(root, entry) {
  const bundle = await rolldown({
    input: join(root, entry),
    cwd: root,
    platform: "browser",
    plugins: [WITHOUT_STYLES],
    logLevel: "warn",
  });
  const { output } = await bundle.generate({ format: "iife", minify: true, comments: { legal: false } });
  const [{ code, moduleIds }] = output;
  // "</script" within a string would end the element.
  const script = `${licences(moduleIds)}${code.trim()}`.replaceAll("</script", "<\\/script");
  return { SCRIPT: script, SCRIPT_HASH: hash(script) };
}

/** Writes a module of texts. */
function writeModule(root, name, constants) {
  const lines = Object.entries(constants).map(
    ([name, text]) => `export const ${name} = ${JSON.stringify(text)};\n`,
  );
  const types = Object.keys(constants).map((name) => `export declare const ${name}: string;\n`);
  mkdirSync(join(root, "dist/page"), { recursive: true });
  writeFileSync(join(root, `dist/page/${name}.js`), lines.join(""));
  writeFileSync(join(root, `dist/page/${name}.d.ts`), types.join(""));
}

/** As a Content-Security-Policy names it. */
function hash(text) {
  return `sha256-${createHash("sha256").update(text).digest("base64")}`;
}

/** The licences of the packages in the bundle, as they ask for: each text once. */
function licences(modules) {
  const folders = new Set(
    modules.flatMap((id) => /^.*\/node_modules\/(?:@[^/]+\/)?[^/]+/.exec(id)?.[0] ?? []),
  );
  const texts = new Map();
  for (const folder of [...folders].sort()) {
    const text = readFileSync(join(folder, "LICENSE"), "utf8").trim();
    texts.set(text, [...(texts.get(text) ?? []), folder.slice(folder.lastIndexOf("/") + 1)]);
  }
  if (texts.size === 0) return "";
  const parts = [...texts].map(([text, names]) => `${names.join(", ")}\n\n${text.replaceAll("*/", "* /")}`);
  return `/*!\n${parts.join("\n\n")}\n*/\n`;
}
