import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { anchorsOf, linksOf, pages, ROOT, textOf } from "../support/markdown.js";

const all = pages();

test.each(all)("the links of %s lead somewhere", (page) => {
  const wrong = linksOf(page).filter(({ path, anchor }) => {
    if (!existsSync(join(ROOT, path))) return true;
    return anchor !== undefined && !anchorsOf(path).includes(anchor);
  });
  expect(wrong).toEqual([]);
});

test("every page in docs/ can be reached from its index", () => {
  const reached = new Set<string>();
  const visit = (page: string) => {
    if (reached.has(page) || !page.endsWith(".md") || !existsSync(join(ROOT, page))) return;
    reached.add(page);
    for (const { path } of linksOf(page)) if (path.startsWith("docs/")) visit(path);
  };
  visit("docs/README.md");
  expect(all.filter((page) => page.startsWith("docs/") && !reached.has(page))).toEqual([]);
  expect(reached.size).toBeGreaterThan(15);
  expect(linksOf("README.md")).toContainEqual({ path: "docs/README.md" });
});

test.each([
  ["README.md", 8_000],
  ["ARCHITECTURE.md", 10_000],
])("%s has at most %i bytes", (page, bytes) => {
  expect(Buffer.byteLength(textOf(page))).toBeLessThanOrEqual(bytes);
});

test("every file that ARCHITECTURE.md names is there", () => {
  const named = [...textOf("ARCHITECTURE.md").matchAll(/`([\w./-]+\/[\w.-]+\.(?:ts|md))`/g)].map(
    ([, path = ""]) => path,
  );
  const there = (path: string) => [path, `src/${path}`].some((each) => existsSync(join(ROOT, each)));
  expect(named.length).toBeGreaterThan(25);
  expect(named.filter((path) => !there(path))).toEqual([]);
});

test("the lines for a fresh checkout are those that .ci/run runs", () => {
  const lines = [...textOf("README.md").matchAll(/^ {4}(npm ci && .*)$/gm)].map(([, line]) => line);
  const script = readFileSync(join(ROOT, ".ci/run"), "utf8").split("\n");
  expect(lines).toHaveLength(2);
  expect(lines.filter((line) => !script.includes(line ?? ""))).toEqual([]);
});

test("every example folder is in the index of the examples", () => {
  const listed = linksOf("examples/README.md").map(({ path }) => path);
  const folders = all.flatMap((page) => /^examples\/[^/]+(?=\/README\.md$)/.exec(page) ?? []);
  expect(folders.length).toBeGreaterThan(4);
  expect(folders.filter((folder) => !listed.includes(`${folder}/README.md`))).toEqual([]);
});
