import { readFile, stat } from "node:fs/promises";
import { dirname, join, resolve } from "node:path";
import { text } from "node:stream/consumers";
import { globSync, isDynamicPattern } from "tinyglobby";
import { isAddress, shownName } from "../../connection/trace-url.js";
import { systemMessage } from "../../input/input.js";
import { Failure, isSystemError } from "../../process/failure.js";
import { STDIO } from "../../process/stdio.js";
import { tracesInFolder } from "./folder-traces.js";

/** Where the traces of a batch are. */
export interface BatchInputs {
  /** As they are named, each once, in the order of their paths. */
  readonly files: readonly string[];
  /** The folder that they have in common, by what was asked for rather than by what was found. */
  readonly root: string;
  /** What stands for no trace at all, and why. */
  readonly missing: readonly { readonly input: string; readonly error: string }[];
}

/** What one word stands for. */
interface Found {
  readonly files: readonly string[];
  /** The folder that they are in, whatever there is in it; absent if it is none that could be on this machine. */
  readonly base?: string;
  /** Why there are none. */
  readonly error?: string;
}

/**
 * Finds the traces that words stand for: files, folders, globs, `@FILE` for a list, `-` for a list on standard input.
 * @param outDir the absolute path of a folder that is not looked into
 * @throws Failure if a list cannot be read
 */
export async function findInputs(words: readonly string[], outDir: string): Promise<BatchInputs> {
  const files = new Map<string, string>();
  const bases: string[] = [];
  const missing: { input: string; error: string }[] = [];
  for (const word of await withoutLists(words)) {
    const { files: found, base, error } = await find(word, outDir);
    if (base !== undefined) bases.push(resolve(base));
    if (error !== undefined) missing.push({ input: shownName(word), error });
    for (const file of found) if (!files.has(resolve(file))) files.set(resolve(file), file);
  }
  const sorted = [...files].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, file]) => file);
  return { files: sorted, root: commonFolder(bases), missing };
}

/** The words, with what lists hold in place of them. */
async function withoutLists(words: readonly string[]): Promise<string[]> {
  const all: string[] = [];
  for (const word of words) {
    if (word === STDIO) all.push(...linesOf(await text(process.stdin)));
    else if (word.startsWith("@")) all.push(...linesOf(await readList(word.slice(1))));
    else all.push(word);
  }
  return all;
}

async function readList(path: string): Promise<string> {
  try {
    return await readFile(path, "utf8");
  } catch (error) {
    if (!isSystemError(error)) throw error;
    const advice = "@FILE is a list of traces, one a line. For a trace of that name write ./@…";
    throw new Failure(`cannot read the list ${path}: ${systemMessage(error)}`, advice, { cause: error });
  }
}

/** The entries of a list: lines, or what NULs separate, as of `find -print0`. */
function linesOf(list: string): string[] {
  return list.split(list.includes("\0") ? "\0" : /\r?\n/).filter((line) => line.trim() !== "");
}

async function find(word: string, outDir: string): Promise<Found> {
  try {
    const file = await stat(word);
    if (!file.isDirectory()) return { files: [word], base: dirname(word) };
    const files = await tracesInFolder(word, outDir);
    return { files, base: word, ...(files.length === 0 && { error: "there is no trace in this folder" }) };
  } catch (error) {
    if (!isSystemError(error)) throw error;
    if (isAddress(word))
      return { files: [], error: "cannot be read: batch takes files; convert takes a URL" };
    if (error.code === "ENOENT" && isDynamicPattern(word)) return matches(word);
    return { files: [], base: dirname(word), error: `cannot be read: ${systemMessage(error)}` };
  }
}

function matches(glob: string): Found {
  const files = globSync(glob, { expandDirectories: false });
  return { files, base: staticPart(glob), ...(files.length === 0 && { error: "nothing matches" }) };
}

/** The folders of a glob before the first one that is a pattern. */
function staticPart(glob: string): string {
  const parts = glob.split("/");
  const first = parts.findIndex((part) => isDynamicPattern(part));
  return parts.slice(0, first).join("/") || (glob.startsWith("/") ? "/" : ".");
}

function commonFolder(folders: readonly string[]): string {
  const [first = [], ...others] = folders.map((folder) => folder.split("/"));
  const same = others.reduce((length, other) => {
    const end = first.findIndex((part, i) => i < length && part !== other[i]);
    return end < 0 ? Math.min(length, other.length) : Math.min(length, end);
  }, first.length);
  return join("/", ...first.slice(0, same));
}
