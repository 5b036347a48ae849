import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import type { TraceOptions } from "../../../src/order/trace.js";
import { AsGoTells } from "../../support/as-go-tells.js";
import { FIXTURES } from "../../support/corpus.js";
import { GoText } from "../../support/go-text.js";
import { goSourceWith, parsedByGo } from "../../support/go-tool.js";
import { LIKE_GO, readFileBlocks } from "../../support/reading.js";
import { tiedTrace } from "../../support/tied-trace.js";

const go = goSourceWith("src/internal/trace/tracev1.go", "ties in traces of format 1 by Go's own reader");

/** Go's order begins with that of a map, of which one in two is the one of the file: this often all others come. */
const RUNS = 12;

async function textOf(path: string, options: TraceOptions): Promise<string> {
  const view = new AsGoTells(path);
  const events: string[] = [];
  let text: GoText | undefined;
  const error = await readFileBlocks(path, options, (block, { timeBase }) => {
    text ??= new GoText(timeBase);
    events.push(...text.events(view.block(block)));
  });
  expect(error).toBeUndefined();
  return events.join("");
}

/** Compares with what Go makes of the trace, whose order may be another one with every run. */
async function expectGoOrder(path: string): Promise<void> {
  const ours = await textOf(path, LIKE_GO);
  expect(await textOf(path, { ...LIKE_GO, slow: true })).toBe(ours);
  expect(await textOf(path, {})).toBe(ours);
  let official = "";
  for (let run = 0; run < RUNS && official !== ours; run++) official = parsedByGo(path, go?.root ?? "");
  expect(ours).toBe(official);
}

describe.skipIf(go === undefined)("events of the same time come in an order of Go's own", () => {
  const folder = mkdtempSync(join(tmpdir(), "ties-"));

  it.each(["i_tie_order", "a_retake"])("in %s", async (name) => {
    await expectGoOrder(join(FIXTURES, `field/${name}.trace`));
  });

  const made = [2, 3, 4, 6].flatMap((procs) =>
    [false, true].flatMap((hasSyscalls) => [0, 1].map((seed) => ({ seed, procs, hasSyscalls }))),
  );
  it.each(made)("of $procs Ps, seed $seed, with system calls: $hasSyscalls", async (made) => {
    const { seed, procs, hasSyscalls } = made;
    const path = join(folder, `${procs}-${seed}-${hasSyscalls}`);
    writeFileSync(path, tiedTrace(seed, procs, hasSyscalls));
    await expectGoOrder(path);
  });
});
