import { execFileSync } from "node:child_process";
import { copyFileSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import { beforeAll, expect, test } from "vitest";
import { emptyFolder, fixture, go2perfetto } from "../cli/command.js";
import { ROOT, textOf } from "../support/markdown.js";

const [reading = "", pages = "", ...others] = [
  ...textOf("docs/library.md").matchAll(/^```js\n(.*?)^```/gms),
].map(([, code = ""]) => code);

/** A project that has the package, and traces. */
const project = emptyFolder();

beforeAll(() => {
  mkdirSync(join(project, "node_modules"));
  symlinkSync(ROOT, join(project, "node_modules/go2perfetto"));
  const traces = { "trace.out": "hello", "before.trace": "hello", "after.trace": "sync" };
  for (const [name, program] of Object.entries(traces))
    copyFileSync(fixture(`${program}-go1.26.trace`), join(project, name));
});

function run(code: string): string {
  writeFileSync(join(project, "script.mjs"), code);
  return execFileSync(process.execPath, ["script.mjs"], { cwd: project, encoding: "utf8" });
}

const written = (name: string) => readFileSync(join(project, name), "utf8");

test("all examples are tried here", () => expect(others).toEqual([]));

test("the first example gives the events in Go's order", () => {
  const lines = run(reading).trimEnd().split("\n");
  const parsed = gunzipSync(readFileSync(fixture("oracle/hello-go1.26/parsed.txt.gz"))).toString();
  const goroutines = [...parsed.matchAll(/^M=.* G=(-?\d+) \w+ Time=\d+/gm)].map(([, id]) => id);
  expect(lines.map((line) => line.split(" ").at(-1))).toEqual(goroutines);
});

test("the example of pages writes what the command line writes", () => {
  run(pages);
  for (const [page, ...args] of [
    ["before.trace.html", "stats", "before.trace"],
    ["difference.html", "diff", "before.trace", "after.trace"],
  ] as const) {
    expect(go2perfetto([...args, "--html", "page.html"], { cwd: project }).code).toBe(0);
    const expected = written("page.html").replace(/go2perfetto \d+\.\d+\.\d+/g, "my program");
    expect([page, written(page) === expected]).toEqual([page, true]);
  }
  expect(written("index.html")).toContain('<a href="./after.trace.html">after.trace</a>');
});
