import { expect, test } from "vitest";
import type { PerfettoOptions } from "../../../src/sink/perfetto/options.js";
import { fullBytes } from "../../support/full-output.js";
import { leanBytes } from "../../support/lean-output.js";
import { haveTraceProcessor } from "../../support/perfetto-tools.js";
import { openBytes } from "../../support/reading.js";
import { TraceBuilder, wireBytes, wireStack, wireString } from "../../support/trace-builder.js";
import { TraceProcessor } from "../../support/trace-processor.js";

const haveEngine = await haveTraceProcessor("goroutines that share rows");
const COUNT = 600;
const [MAIN, START, CALLED, PULL, ITER] = [1, 2, 3, 4, 5];
const [AT_START, WITHIN, PULLING] = [1, 2, 3];

/** Goroutines of a start function that come one after another, and block once, within a function that it calls. */
function oneAfterAnother(start: string, called: string): Uint8Array {
  const lives = Array.from({ length: COUNT }, (_, i) => {
    const id = 100 + i;
    return [
      wireBytes("GoCreate", 10, id, AT_START, 0),
      wireBytes("GoBlock", 10, MAIN, 0),
      wireBytes("GoStart", 10, id, 1),
      wireBytes("GoBlock", 10, MAIN, WITHIN),
      wireBytes("GoUnblock", 10, id, 2, 0),
      wireBytes("GoStart", 10, id, 3),
      wireBytes("GoUnblock", 10, 1, 2 * i + 1, 0),
      wireBytes("GoDestroy", 10),
      wireBytes("GoStart", 10, 1, 2 * i + 2),
    ];
  });
  return new TraceBuilder()
    .frequency()
    .strings(wireString(MAIN, "main.main"), wireString(START, start), wireString(CALLED, called))
    .stacks(
      wireStack(AT_START, [[1, START, MAIN, 1]]),
      wireStack(WITHIN, [
        [2, CALLED, MAIN, 2],
        [1, START, MAIN, 1],
      ]),
    )
    .batch(7, 10, wireBytes("ProcStatus", 1, 0, 1), wireBytes("GoStatus", 1, 1, 7, 2), ...lives.flat())
    .bytes();
}

interface Rows {
  readonly group: string;
  readonly rows: number;
  readonly lives: number;
}

const ROWS = `select p.name as "group", count(distinct t.utid) as "rows", sum(s.category = 'go.goroutine') as lives
  from thread t join process p using (upid) left join thread_track k using (utid) left join slice s on s.track_id = k.id
  where t.tid between 100 and 1000 group by p.upid`;

/** Coroutines that come one after another, of the function `main.pull`. */
function coroutines(): Uint8Array {
  const lives = Array.from({ length: COUNT }, (_, i) => {
    const id = 100 + i;
    return [
      wireBytes("GoCreateBlocked", 10, id, AT_START, PULLING),
      wireBytes("GoSwitch", 10, id, 1),
      wireBytes("GoSwitchDestroy", 10, 1, i + 1),
    ];
  });
  return new TraceBuilder(23)
    .frequency()
    .strings(
      wireString(MAIN, "main.main"),
      wireString(START, "runtime.corostart"),
      wireString(CALLED, "main.pull"),
      wireString(PULL, "iter.Pull[...]"),
      wireString(ITER, "iter/iter.go"),
    )
    .stacks(
      wireStack(AT_START, [[1, START, MAIN, 1]]),
      wireStack(PULLING, [
        [2, PULL, ITER, 2],
        [3, CALLED, MAIN, 3],
        [4, MAIN, MAIN, 4],
      ]),
    )
    .batch(7, 10, wireBytes("ProcStatus", 1, 0, 1), wireBytes("GoStatus", 1, 1, 7, 2), ...lives.flat())
    .bytes();
}

async function rowsOf(trace: Uint8Array, options: PerfettoOptions): Promise<Rows[]> {
  const bytes = await fullBytes(await openBytes(trace), options);
  const tp = await TraceProcessor.load(bytes);
  try {
    expect(tp.problems()).toEqual([]);
    return tp.query<Rows>(ROWS);
  } finally {
    tp.close();
  }
}

test.runIf(haveEngine).each([
  ["a function", "main.work", 16, "main.work"],
  ["a go statement", "main.main.gowrap1", 16, "main.called"],
  ["a wrapper", "sync.(*WaitGroup).Go.func1", 500, "main.called"],
])(
  "goroutines of %s have rows of their own, and share others beyond that",
  async (_kind, start, own, group) => {
    const row = { group, rows: own + 1, lives: COUNT - own };
    expect(await rowsOf(oneAfterAnother(start, "main.called"), {})).toEqual([row]);
  },
);

test.runIf(haveEngine)("coroutines of one function are alike", async () => {
  const name = "main.pull (iter.Pull)";
  // Spaces would divide the name of a process.
  const group = name.replace(" ", "\u00a0");
  expect(await rowsOf(coroutines(), {})).toEqual([{ group, rows: 17, lives: COUNT - 16 }]);
  const trace = await openBytes(coroutines());
  for (const bytes of [await fullBytes(trace, {}), await leanBytes(await openBytes(coroutines()))]) {
    const tp = await TraceProcessor.load(bytes);
    expect(tp.query("select distinct name from slice where category = 'go.goroutine'")).toEqual([{ name }]);
    tp.close();
  }
});

test.runIf(haveEngine)("all share rows, or none, if asked", async () => {
  const [always] = await rowsOf(oneAfterAnother("sync.(*WaitGroup).Go.func1", "main.called"), {
    lanes: "always",
  });
  expect(always).toEqual({ group: "main.called", rows: 1, lives: COUNT });
  const [never] = await rowsOf(oneAfterAnother("main.work", "main.called"), { lanes: "never" });
  expect(never).toEqual({ group: "main.work", rows: COUNT, lives: 0 });
});
