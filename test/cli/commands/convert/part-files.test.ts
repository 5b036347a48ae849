import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { PartFiles, PartNames } from "../../../../src/cli/commands/convert/part-files.js";
import { emptyFolder, filesIn } from "../../command.js";

/** Writes so many parts, each of which says its number. */
async function write(files: PartFiles, count: number): Promise<void> {
  for (let number = 1; number <= count; number++) {
    const output = await files.open();
    await output.write(Buffer.from(String(number)));
    await files.seal();
  }
}

describe("parts as files", () => {
  test("get numbers that sort, as many digits as the last one needs", async () => {
    const folder = emptyFolder();
    const files = new PartFiles(join(folder, "out.pftrace"), "in.trace");
    await write(files, 1000);
    expect(filesIn(folder).filter((name) => !name.endsWith(".tmp"))).toEqual([]);
    await files.publish();
    const names = filesIn(folder);
    expect(names.length).toBe(1000);
    expect(names.map((name) => readFileSync(join(folder, name), "utf8"))).toEqual(
      names.map((_, i) => String(i + 1)),
    );
    expect([names[0], names[999]]).toEqual(["out.0001.pftrace", "out.1000.pftrace"]);
  });

  test("are as many as there may be, or none", async () => {
    const folder = emptyFolder();
    const files = new PartFiles(join(folder, "out.pftrace"), "in.trace", {}, 3);
    await expect(write(files, 4)).rejects.toThrow("out.pftrace: more than 3 parts");
    await files.discard();
    expect(filesIn(folder)).toEqual([]);
  });
});

describe("names of parts", () => {
  test.each([
    ["out.pftrace", "out.002.pftrace"],
    ["a/b.c/out.pftrace.gz", "a/b.c/out.002.pftrace.gz"],
    ["out.json", "out.002.json"],
    ["a.b/out", "a.b/out.002"],
    ["out.gz", "out.002.gz"],
  ])("have the number before the extension: %s", (out, name) => {
    expect(new PartNames(out).name(2)).toBe(name);
  });

  test("of other digits are of an earlier run too", async () => {
    const folder = emptyFolder();
    for (const name of [
      "out.001.pftrace",
      "out.0001.pftrace",
      "out.002.pftrace",
      "out.01.pftrace",
      "outer.003.pftrace",
    ])
      writeFileSync(join(folder, name), "");
    const names = new PartNames(join(folder, "out.pftrace"));
    expect(await names.stale(1)).toEqual([join(folder, "out.0001.pftrace"), join(folder, "out.002.pftrace")]);
  });
});
