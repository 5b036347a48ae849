import { expect, test } from "vitest";
import { fullBytes } from "../../support/full-output.js";
import { haveTraceProcessor } from "../../support/perfetto-tools.js";
import { openBytes } from "../../support/reading.js";
import { TraceBuilder, wireBytes, wireStack, wireString } from "../../support/trace-builder.js";
import { TraceProcessor } from "../../support/trace-processor.js";

const haveEngine = await haveTraceProcessor("goroutines as threads");

interface Group {
  readonly name: string;
  readonly label: string | null;
}

const GROUPS = `select name, extract_arg(arg_set_id, 'chrome.process_label[0]') as label from process where pid > 0
  order by name`;

async function groupsOf(bytes: Uint8Array): Promise<Group[]> {
  const tp = await TraceProcessor.load(await fullBytes(await openBytes(bytes)));
  try {
    expect(tp.problems()).toEqual([]);
    return tp.query<Group>(GROUPS);
  } finally {
    tp.close();
  }
}

const RUNNING = [wireBytes("ProcStatus", 1, 0, 1), wireBytes("GoStatus", 1, 1, 7, 2)];

test.runIf(haveEngine)(
  "a benchmark that yields a thousand times at one place is named by what it calls",
  async () => {
    const [LAUNCH, GC, BENCHMARK, FILE, REASON] = [1, 2, 3, 4, 5];
    const [YIELDING, WITHIN] = [1, 2];
    const launch = [1, LAUNCH, FILE, 1] as const;
    const yields = Array.from({ length: 1000 }, (_, i) => [
      wireBytes("GoStop", 1000, REASON, YIELDING),
      wireBytes("GoStart", 20_000, 1, i + 1),
    ]);
    const bytes = new TraceBuilder()
      .frequency()
      .strings(
        wireString(LAUNCH, "testing.(*B).launch"),
        wireString(GC, "runtime.GC"),
        wireString(BENCHMARK, "main.BenchmarkSum"),
        wireString(FILE, "main_test.go"),
        wireString(REASON, "runtime.Gosched"),
      )
      .stacks(
        wireStack(YIELDING, [[2, GC, FILE, 2], [...launch]]),
        wireStack(WITHIN, [[3, BENCHMARK, FILE, 3], [...launch]]),
      )
      .batch(7, 10, ...RUNNING, ...yields.flat(), wireBytes("GoBlock", 10, REASON, WITHIN))
      .bytes();
    expect(await groupsOf(bytes)).toEqual([{ name: "main.BenchmarkSum", label: "1 goroutine" }]);
  },
);

test.runIf(haveEngine)("a group of wakers that are no goroutines has no number of goroutines", async () => {
  const bytes = new TraceBuilder()
    .frequency()
    .batch(
      7,
      10,
      ...RUNNING,
      wireBytes("GoBlock", 10, 0, 0),
      wireBytes("GoUnblock", 10, 1, 1, 0),
      wireBytes("GoStart", 10, 1, 2),
    )
    .bytes();
  expect(await groupsOf(bytes)).toEqual([
    { name: "(unknown\u00a0start\u00a0function)", label: "1 goroutine" },
    { name: "runtime", label: null },
  ]);
});
