import type { Dirent } from "node:fs";
import { readdir, readFile, stat } from "node:fs/promises";
import { dirname, join, resolve } from "node:path";
import { text } from "node:stream/consumers";
import { globSync, isDynamicPattern } from "tinyglobby";
import { isTraceName } from "../../../wire/trace-name.js";
import { isAddress, shownName } from "../../connection/trace-url.js";
import { Failure, isSystemError, systemMessage } from "../../process/failure.js";
import { STDIO } from "../../process/stdio.js";
import { traceHead } from "./trace-head.js";

/** The traces of a batch. */
export interface BatchInputs {
  /** Paths as given, without duplicates, sorted. */
  readonly files: readonly string[];
  /** The common folder of all words on the command line, whether or not they match traces. */
  readonly root: string;
  /** Words that match no trace, and why. */
  readonly missing: readonly { readonly input: string; readonly error: string }[];
}

/** The traces that a word matches. */
interface Found {
  readonly files: readonly string[];
  /** Their folder; absent for a URL. */
  readonly base?: string;
  /** Why there are no traces. */
  readonly error?: string;
}

/**
 * Finds the traces of the words: files, folders, globs, `@FILE` for a list, `-` for a list on standard input.
 * @param outDir absolute path of a folder to exclude
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

/** The words, with lists replaced by their entries. */
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
    const advice = "@FILE is a list of traces, one a line. If a trace has a name with @, write ./@…";
    throw new Failure(`cannot read the list ${path}: ${systemMessage(error)}`, advice, { cause: error });
  }
}

/** The entries of a list: lines, or separated by NUL as by `find -print0`. */
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
    if (isAddress(word)) return { files: [], error: "batch reads files only; convert reads URLs" };
    if (error.code === "ENOENT" && isDynamicPattern(word)) return matches(word);
    return { files: [], base: dirname(word), error: `cannot be read: ${systemMessage(error)}` };
  }
}

function matches(glob: string): Found {
  const files = globSync(glob, { expandDirectories: false });
  return { files, base: staticPart(glob), ...(files.length === 0 && { error: "nothing matches" }) };
}

/** The folders of a glob before its first pattern. */
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

/**
 * The traces in a folder and its subfolders, sorted: files that start with a trace header or have the name of
 * a trace. One with such a name that is not a trace is an error. Other files and hidden ones are ignored.
 * @param skipped absolute path of a folder to exclude
 * @throws the system's errors
 */
async function tracesInFolder(folder: string, skipped: string): Promise<string[]> {
  const found: string[] = [];
  const entries = await readdir(folder, { withFileTypes: true });
  entries.sort((a, b) => (a.name < b.name ? -1 : 1));
  for (const entry of entries) {
    const path = join(folder, entry.name);
    if (entry.name.startsWith(".") || resolve(path) === skipped) continue;
    if (entry.isDirectory()) found.push(...(await tracesInFolder(path, skipped)));
    else if ((await isFile(entry, path)) && (isTraceName(entry.name) || (await beginsAsTrace(path))))
      found.push(path);
  }
  return found;
}

/**
 * Whether an entry is a file or a link to one. Links to folders are not followed, because they can form
 * cycles.
 */
async function isFile(entry: Dirent, path: string): Promise<boolean> {
  if (!entry.isSymbolicLink()) return entry.isFile();
  return (await stat(path).catch(() => undefined))?.isFile() ?? false;
}

/** Whether a file has the header of a trace. False if it cannot be read. */
async function beginsAsTrace(path: string): Promise<boolean> {
  return (await traceHead(path))?.version !== undefined;
}
