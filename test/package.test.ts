// @module-tag long

import { execFileSync } from "node:child_process";
import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { beforeAll, describe, expect, test } from "vitest";
import { emptyFolder, fixture, go2perfetto } from "./cli/command.js";
import { plainNpmEnvironment } from "./support/perfetto-tools.js";

const ROOT = fileURLToPath(new URL("..", import.meta.url));
const ENTRIES = [
  "go2perfetto",
  "go2perfetto/node",
  "go2perfetto/perfetto",
  "go2perfetto/pprof",
  "go2perfetto/html",
];
/** Licences that ask for nothing but their text. */
const LICENCES = ["Apache-2.0", "MIT", "ISC", "BSD-2-Clause", "BSD-3-Clause", "0BSD"];
const TRACE = fixture("sync-go1.26.trace");

const run = (cwd: string, command: string, ...args: string[]) =>
  execFileSync(command, args, { cwd, env: { ...plainNpmEnvironment(), NO_COLOR: "1" } }).toString();

/** An empty project into which the package was installed from its tarball. */
const project = emptyFolder();
let files: readonly string[] = [];
let tarball = "";

beforeAll(() => {
  const [packed] = JSON.parse(
    run(ROOT, "npm", "pack", "--json", "--ignore-scripts", "--pack-destination", project),
  );
  tarball = packed.filename;
  files = packed.files.map(({ path }: { path: string }) => path);
  writeFileSync(join(project, "package.json"), '{ "private": true, "type": "module" }');
  run(
    project,
    "npm",
    "install",
    "--ignore-scripts",
    "--no-audit",
    "--no-fund",
    join(project, packed.filename),
  );
});

describe("the package", () => {
  test("has the build with types, its documents, and nothing else", () => {
    const others = files.filter((path) => !/^dist\/.*(\.js|\.d\.ts)$/.test(path));
    expect(
      others.filter((path) => !/^(docs\/[\w-]+\.(md|png)|[A-Z]+(\.md)?|package\.json)$/.test(path)),
    ).toEqual([]);
    expect(others).toContain("LICENSE");
    for (const entry of ["index", "node", "perfetto", "pprof", "html"])
      expect(files).toContain(`dist/${entry}.d.ts`);
    // What README.md leads to, other than examples and what is for those who work on the project, is there.
    const links = [
      ...readFileSync(join(ROOT, "README.md"), "utf8").matchAll(/\]\(((?:docs\/)?[\w-]+\.\w+)/g),
    ];
    const needed = links.map(([, to = ""]) => to).filter((to) => to !== "CONTRIBUTING.md");
    expect(needed.length).toBeGreaterThan(10);
    expect(needed.filter((to) => !files.includes(to))).toEqual([]);
  });

  test("is imported by its entries, which read a trace", () => {
    const script = `
      const [{ openTrace, sourceOf }, { openTraceFile }] = await Promise.all(${JSON.stringify(ENTRIES)}.map((entry) => import(entry)));
      let events = 0;
      for await (const block of (await openTraceFile(process.argv[1])).blocks()) events += block.length;
      console.log(typeof openTrace, typeof sourceOf, events);`;
    expect(run(project, process.execPath, "--input-type=module", "-e", script, TRACE)).toMatch(
      /^function function 98\d\d\n$/,
    );
  });

  test("has types that a strict project takes, and that say what is wrong", () => {
    const tsc = join(ROOT, "node_modules/typescript/bin/tsc");
    const options = [
      "--strict",
      "--noEmit",
      "--module",
      "nodenext",
      "--target",
      "es2023",
      "--lib",
      "es2023,dom,dom.asynciterable",
      "--types",
      "",
    ];
    const imports = ENTRIES.map((entry, i) => `import * as entry${i} from "${entry}";`).join("\n");
    const uses = ENTRIES.map((_entry, i) => `export const keys${i} = Object.keys(entry${i});`).join("\n");
    const use = "export const trace: Promise<entry0.Trace> = entry1.openTraceFile";
    writeFileSync(join(project, "good.ts"), `${imports}\n${uses}\n${use}("x");\n`);
    writeFileSync(join(project, "bad.ts"), `${imports}\n${uses}\n${use}(1);\n`);
    expect(run(project, process.execPath, tsc, ...options, "good.ts")).toBe("");
    expect(() => run(project, process.execPath, tsc, ...options, "bad.ts")).toThrow();
  });

  test("gives the command, batches with their threads too", () => {
    const command = join(project, "node_modules/.bin/go2perfetto");
    run(project, command, TRACE, "-o", "one.pftrace", "-q");
    const expected = go2perfetto([TRACE, "-o", "-"]).stdout;
    expect(readFileSync(join(project, "one.pftrace")).equals(expected)).toBe(true);
    run(project, command, "batch", TRACE, "--out-dir", "many", "-q");
    expect(readFileSync(join(project, "many/sync-go1.26.pftrace")).equals(expected)).toBe(true);
  });

  test("runs by npx from the tarball, in a folder with nothing", () => {
    const folder = emptyFolder();
    // What npm's cache has is not fetched again.
    const spec = `go2perfetto@file:${join(project, tarball)}`;
    run(folder, "npx", "--yes", "--prefer-offline", spec, TRACE, "-o", "one.pftrace", "-q");
    const expected = go2perfetto([TRACE, "-o", "-"]).stdout;
    expect(readFileSync(join(folder, "one.pftrace")).equals(expected)).toBe(true);
    expect(readdirSync(folder)).toEqual(["one.pftrace"]);
  });

  test("says where it comes from, in npm's own spelling", () => {
    const folder = emptyFolder();
    const text = readFileSync(join(ROOT, "package.json"), "utf8");
    const { homepage, bugs, repository } = JSON.parse(text);
    const manifest = { name: "go2perfetto", version: "0.1.0", homepage, bugs, repository };
    writeFileSync(join(folder, "package.json"), `${JSON.stringify(manifest, undefined, 2)}\n`);
    // A publication warns of what this corrects.
    run(folder, "npm", "pkg", "fix");
    expect(JSON.parse(readFileSync(join(folder, "package.json"), "utf8"))).toEqual(manifest);
    const owner = "github.com/your-organization/go2perfetto";
    expect([homepage, bugs, repository.url]).toEqual([
      `https://${owner}#readme`,
      `https://${owner}/issues`,
      `git+https://${owner}.git`,
    ]);
  });

  test("runs on packages of permissive licences only", () => {
    const manifests = manifestsIn(join(project, "node_modules"));
    const licences = manifests.map((path) => JSON.parse(readFileSync(path, "utf8")));
    expect(licences.length).toBeGreaterThan(8);
    const wrong = licences.filter(({ license }) => !LICENCES.includes(license));
    expect(wrong.map(({ name, license }) => `${name}: ${license}`)).toEqual([]);
  });
});

/** Manifests of the installed packages, also of those below others. */
function manifestsIn(folder: string): string[] {
  if (!existsSync(folder)) return [];
  return readdirSync(folder)
    .filter((name) => !name.startsWith("."))
    .flatMap((name) => {
      const path = join(folder, name);
      if (name.startsWith("@")) return manifestsIn(path);
      return [join(path, "package.json"), ...manifestsIn(join(path, "node_modules"))];
    });
}
