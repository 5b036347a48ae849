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
import { V1TraceBuilder } from "../../support/trace-v1-builder.js";

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

  it("where a thread runs another goroutine before the P of its system call is taken away", async () => {
    const path = join(folder, "runs-another");
    writeFileSync(path, runsAnother());
    await expectGoOrder(path);
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

/** The monitor of the runtime takes a P away from thread 1, but is slow to write that; the thread goes on with another P. */
function runsAnother(): Uint8Array {
  const t = new V1TraceBuilder(11);
  t.add(t.batch(0, 0, 1000));
  t.add(t.event("GoCreate", 1, 1, 0, 0), t.event("ProcStart", 1, 1), t.event("GoStart", 1, 1, 1));
  t.add(t.event("Gomaxprocs", 1, 2, 0), t.event("GoCreate", 1, 2, 0, 0));
  t.add(t.event("GoSysCall", 100, 0), t.event("GoSysBlock", 80), t.event("ProcStop", 1));
  t.add(t.batch(1, 0, 1150));
  t.add(t.event("ProcStart", 1, 1), t.event("GoStart", 5, 2, 1), t.event("GoEnd", 5));
  t.add(t.event("GoSysExit", 60, 1, 2, 0), t.event("GoStartLocal", 5, 1), t.event("GoEnd", 5));
  t.add(t.event("ProcStop", 5));
  return t.add(t.frequency(1e9)).bytes();
}
