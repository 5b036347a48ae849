// Builds the script and the style of report pages as a module of two strings with their hashes.
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

/** @param root the folder of the project; the module is `dist/page/report.js` */
export async function buildPage(root) {
  const bundle = await rolldown({
    input: join(root, "web/report/main.ts"),
    cwd: root,
    platform: "browser",
    plugins: [WITHOUT_STYLES],
    logLevel: "warn",
  });
  const { output } = await bundle.generate({ format: "iife", minify: true, comments: { legal: false } });
  const [{ code, moduleIds }] = output;
  // "</script" within a string would end the element.
  const script = `${licences(moduleIds)}${code.trim()}`.replaceAll("</script", "<\\/script");
  const style = [join(dirname(require.resolve("uplot")), "uPlot.min.css"), join(root, "web/report/page.css")]
    .map((file) => readFileSync(file, "utf8"))
    .join("")
    .replaceAll(/\/\*.*?\*\//gs, "")
    .replaceAll(/\s*\n\s*/g, "\n");
  const constants = {
    SCRIPT: script,
    SCRIPT_HASH: hash(script),
    STYLE: style,
    STYLE_HASH: hash(style),
  };
  const lines = Object.entries(constants).map(
    ([name, text]) => `export const ${name} = ${JSON.stringify(text)};\n`,
  );
  const types = Object.keys(constants).map((name) => `export declare const ${name}: string;\n`);
  mkdirSync(join(root, "dist/page"), { recursive: true });
  writeFileSync(join(root, "dist/page/report.js"), lines.join(""));
  writeFileSync(join(root, "dist/page/report.d.ts"), types.join(""));
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
  const parts = [...texts].map(([text, names]) => `${names.join(", ")}\n\n${text.replaceAll("*/", "* /")}`);
  return `/*!\n${parts.join("\n\n")}\n*/\n`;
}
