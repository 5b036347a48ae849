import type { Dirent } from "node:fs";
import { readdir, stat } from "node:fs/promises";
import { join, resolve } from "node:path";
import { traceHead } from "./trace-head.js";

/** What only traces are called: if such a file is none, somebody wants to know. */
const TRACE_NAME = /\.(trace|gotrace)(\.gz)?$/;

/**
 * The traces in a folder and the folders below it, sorted: files that begin as traces do or are called so. Hidden ones
 * are left out.
 * @param skipped the absolute path of a folder that is not looked into
 * @throws the system's errors
 */
export async function tracesInFolder(folder: string, skipped: string): Promise<string[]> {
  const found: string[] = [];
  const entries = await readdir(folder, { withFileTypes: true });
  entries.sort((a, b) => (a.name < b.name ? -1 : 1));
  for (const entry of entries) {
    const path = join(folder, entry.name);
    if (entry.name.startsWith(".") || resolve(path) === skipped) continue;
    if (entry.isDirectory()) found.push(...(await tracesInFolder(path, skipped)));
    else if ((await isFile(entry, path)) && (TRACE_NAME.test(entry.name) || (await beginsAsTrace(path))))
      found.push(path);
  }
  return found;
}

/** Whether it is a file, also by a link. Links to folders could lead in circles. */
async function isFile(entry: Dirent, path: string): Promise<boolean> {
  if (!entry.isSymbolicLink()) return entry.isFile();
  return (await stat(path).catch(() => undefined))?.isFile() ?? false;
}

/** Whether a file has a trace's header. One that cannot be read has none. */
async function beginsAsTrace(path: string): Promise<boolean> {
  return (await traceHead(path))?.version !== undefined;
}
