import { counted } from "../src/base/grouped.js";
import { HEADER_LENGTH, headerVersion } from "../src/wire/format.js";
import { isTraceName } from "../src/wire/trace-name.js";
import type { DroppedFile } from "./dropped.js";
import { startOf } from "./unzipped.js";

/** Traces of a folder at most: each has a card, and is converted. */
const MOST = 100;

/** A folder that was dropped. Its traces are those that `batch` finds in it. */
export class TraceFolder {
  readonly #folder: FileSystemDirectoryEntry;
  readonly #traces: DroppedFile[] = [];
  #isCut = false;
  #others = 0;
  #hidden = 0;
  #unreadable = 0;

  constructor(folder: FileSystemDirectoryEntry) {
    this.#folder = folder;
  }

  get name(): string {
    return this.#folder.name;
  }

  /** Its traces and those of its subfolders, sorted. */
  async traces(): Promise<readonly DroppedFile[]> {
    await this.#walk(this.#folder);
    return this.#traces;
  }

  /** What there was, and what was left out, in words. */
  get told(): string {
    const found = this.#traces.length;
    if (this.#isCut)
      return `${this.name}: the first ${found} traces; the rest is left out, use batch on the command line.`;
    const left = [
      this.#others > 0 ? counted(this.#others, "other file") : "",
      this.#hidden > 0 ? `${this.#hidden} hidden` : "",
      this.#unreadable > 0 ? `${this.#unreadable} unreadable` : "",
    ].filter(Boolean);
    const traces = found === 0 ? "no trace" : counted(found, "trace");
    return `${this.name}: ${traces}${left.length > 0 ? `; left out: ${left.join(", ")}` : ""}.`;
  }

  async #walk(folder: FileSystemDirectoryEntry): Promise<void> {
    for (const entry of await this.#entries(folder)) {
      this.#isCut ||= this.#traces.length === MOST;
      if (this.#isCut) return;
      if (entry.name.startsWith(".")) this.#hidden++;
      else if (entry.isDirectory) await this.#walk(entry as FileSystemDirectoryEntry);
      else await this.#take(entry as FileSystemFileEntry);
    }
  }

  async #take(entry: FileSystemFileEntry): Promise<void> {
    try {
      const file = await new Promise<File>((resolve, reject) => entry.file(resolve, reject));
      if (isTraceName(file.name) || (await beginsAsTrace(file)))
        this.#traces.push({ file, path: entry.fullPath.slice(1) });
      else this.#others++;
    } catch {
      this.#unreadable++;
    }
  }

  async #entries(folder: FileSystemDirectoryEntry): Promise<FileSystemEntry[]> {
    try {
      return (await entriesOf(folder)).sort((a, b) => (a.name < b.name ? -1 : 1));
    } catch {
      this.#unreadable++;
      return [];
    }
  }
}

/** The browser gives them in pieces. */
async function entriesOf(folder: FileSystemDirectoryEntry): Promise<FileSystemEntry[]> {
  const reader = folder.createReader();
  const all: FileSystemEntry[] = [];
  for (;;) {
    const some = await new Promise<FileSystemEntry[]>((resolve, reject) =>
      reader.readEntries(resolve, reject),
    );
    if (some.length === 0) return all;
    all.push(...some);
  }
}

async function beginsAsTrace(file: File): Promise<boolean> {
  return headerVersion(await startOf(file, HEADER_LENGTH)) !== undefined;
}
