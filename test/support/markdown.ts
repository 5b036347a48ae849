import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join, normalize } from "node:path";
import { fileURLToPath } from "node:url";

/** The root of the project. */
export const ROOT = fileURLToPath(new URL("../..", import.meta.url));

/** A place that a page leads to. */
export interface Link {
  /** Path from the root of the project. */
  readonly path: string;
  /** The heading, as GitHub spells it in an address. */
  readonly anchor?: string;
}

/** The project's pages, by their paths from its root. */
export function pages(): string[] {
  const args = ["ls-files", "--cached", "--others", "--exclude-standard", "*.md"];
  return execFileSync("git", args, { cwd: ROOT, encoding: "utf8" }).trim().split("\n");
}

export function textOf(page: string): string {
  return readFileSync(join(ROOT, page), "utf8");
}

/** Links and pictures of a page that lead to files of the project. */
export function linksOf(page: string): Link[] {
  const targets = [...withoutCode(textOf(page)).matchAll(/\]\(([^)\s]+)\)/g)].map(([, to = ""]) => to);
  return targets
    .filter((to) => !/^[a-z]+:/.test(to))
    .map((to) => {
      const [file = "", anchor] = to.split("#");
      const path = file === "" ? page : normalize(join(page, "..", file));
      return { path: path.replace(/\/$/, ""), ...(anchor !== undefined && { anchor }) };
    });
}

/** What GitHub makes of a page's headings in addresses. */
export function anchorsOf(page: string): string[] {
  const headings = [...withoutBlocks(textOf(page)).matchAll(/^#+ (.+)$/gm)].map(([, title = ""]) => title);
  return headings.map((title) =>
    title
      .toLowerCase()
      .replace(/[^\p{L}\p{N}\s_-]/gu, "")
      .replaceAll(" ", "-"),
  );
}

/** The blocks of a page that are marked with a language. */
export function blocksOf(page: string, language: string): string[] {
  const blocks = textOf(page).matchAll(new RegExp(`^\`\`\`${language}\\n([\\s\\S]*?)^\`\`\``, "gm"));
  return [...blocks].map(([, text = ""]) => text);
}

function withoutBlocks(text: string): string {
  return text.replace(/^```[\s\S]*?^```/gm, "");
}

function withoutCode(text: string): string {
  return withoutBlocks(text).replace(/`[^`\n]*`/g, "");
}
