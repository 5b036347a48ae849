import { expect, test } from "vitest";
import { TraceFolder } from "../../web/trace-folder.js";

function file(name: string): FileSystemFileEntry {
  const entry = { name, isDirectory: false, fullPath: `/all/${name}` };
  return {
    ...entry,
    file: (found: FileCallback) => found(new File(["go 1.26 trace\0\0\0"], name)),
  } as FileSystemFileEntry;
}

/** A folder whose entries come in pieces, as those of browsers do. */
function folder(entries: readonly FileSystemEntry[]): FileSystemDirectoryEntry {
  const createReader = () => {
    let at = 0;
    return {
      readEntries: (found: FileSystemEntriesCallback) => {
        at += 60;
        found(entries.slice(at - 60, at));
      },
    };
  };
  return { name: "all", isDirectory: true, fullPath: "/all", createReader } as FileSystemDirectoryEntry;
}

const names = (count: number) => Array.from({ length: count }, (_, i) => `${i}`.padStart(3, "0"));

test("takes all traces of a folder up to a limit, and tells that there are more", async () => {
  const full = new TraceFolder(folder(names(100).map(file)));
  expect((await full.traces()).map(({ path }) => path)).toEqual(names(100).map((name) => `all/${name}`));
  expect(full.told).toBe("all: 100 traces.");
  const larger = new TraceFolder(folder(names(101).reverse().map(file)));
  expect((await larger.traces()).map(({ path }) => path)).toEqual(names(100).map((name) => `all/${name}`));
  expect(larger.told).toMatch(/^all: the first 100 traces; the rest is left out/);
});

test("tells what cannot be read", async () => {
  const lost = (_found: FileCallback, failed?: ErrorCallback) => failed?.(new DOMException());
  const broken = new TraceFolder(folder([{ ...file("a"), file: lost }, file("b")]));
  expect(await broken.traces()).toHaveLength(1);
  expect(broken.told).toBe("all: 1 trace; left out: 1 unreadable.");
});
