// @module-tag long
// @module-tag slowest

import { rmSync, statSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { openTraceFile } from "../../src/node.js";
import { emptyFolder, filesIn, go2perfetto } from "../cli/command.js";
import { type Life, ManyGoroutines } from "../support/many-goroutines.js";
import { havePerfettoUi, PerfettoUi } from "../support/perfetto-ui.js";
import { readBlocks } from "../support/reading.js";

/** More than go into one part. */
const GOROUTINES = 55_000;

const program = ManyGoroutines.find("a trace that is too large for one part");
const haveUi = await havePerfettoUi("parts in Perfetto's UI");

describe.runIf(haveUi && program !== undefined)("of a trace that is too large for one part", () => {
  const folder = emptyFolder();
  const trace = join(folder, "many.trace");
  let lives: ReadonlyMap<number, Life>;
  let base: number;
  let ui: PerfettoUi;

  beforeAll(async () => {
    program?.write(trace, GOROUTINES);
    lives = program?.lives(trace) ?? new Map();
    const opened = await openTraceFile(trace);
    await readBlocks(opened, () => undefined);
    base = opened.timeBase;
    ui = await PerfettoUi.start();
  });
  afterAll(async () => {
    await ui.close();
    rmSync(folder, { recursive: true });
  });

  // The UI at hand is older than callstacks of slices, which it would call errors.
  test.each(["pftrace", "json"])("--split auto makes parts that the UI opens: %s", async (format) => {
    const parts = emptyFolder();
    const args = [trace, "-q", "-o", join(parts, `out.${format}`), "--split", "auto"];
    const { code, stderr } = go2perfetto([
      ...args,
      "--detail",
      "full",
      "--stacks",
      "annotation",
      "--lanes",
      "never",
    ]);
    expect([code, stderr]).toEqual([0, ""]);
    const files = filesIn(parts).map((name) => join(parts, name));
    expect(files.length).toBeGreaterThan(1);
    const [largest = ""] = files.sort((a, b) => statSync(b).size - statSync(a).size);

    const opened = await ui.open(largest);
    expect(await opened.importErrors()).toBe(0);
    const rows = await opened.tracks();
    const visitors = new Set(
      rows.flatMap(({ name, groups }) => {
        const id =
          groups.length > 0 ? /^(?:main\.visit |G(?=\d+ main\.visit))(\d+)/.exec(name)?.[1] : undefined;
        return id === undefined ? [] : [Number(id)];
      }),
    );
    const shown = await opened.span();
    // The times of JSON count from the start of the trace.
    const offset = format === "json" ? base : 0;
    const [from, to] = [shown.start + offset, shown.end + offset];
    const entries = [...lives];
    const ran = entries.filter(([, { ran, ended }]) => ran >= from && ran < to && !(ended < from));
    expect(ran.length).toBeGreaterThan(GOROUTINES / 2);
    expect(ran.filter(([id]) => !visitors.has(id))).toEqual([]);
    const alive = new Set(
      entries.flatMap(([id, { created, ended }]) => (created <= to && !(ended < from) ? [id] : [])),
    );
    expect([...visitors].filter((id) => !alive.has(id))).toEqual([]);
    await opened.close();
    rmSync(parts, { recursive: true });
  });
});
