import { readFileSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import { pathToFileURL } from "node:url";
import { gzipSync } from "node:zlib";
import { describe, expect, test } from "vitest";
import { FileSource } from "../../../src/bytes/file-source.js";
import { unzippedSource } from "../../../src/bytes/gzip-source.js";
import { PeekedSource } from "../../../src/bytes/peeked-source.js";
import { ThreadedTrace } from "../../../src/cli/input/threaded-trace.js";
import { openTrace } from "../../../src/order/open.js";
import type { Trace, TraceOptions } from "../../../src/order/trace.js";
import { readingDifference, readRows } from "../../support/event-rows.js";
import { manyTurns, manyTurnsV1 } from "../../support/large-traces.js";
import { emptyFolder, fixture, go2perfetto, main } from "../command.js";

const ENTRY = pathToFileURL(join(main, "../reading-thread.js"));

/** Opens a file, once to read it here and once to read it in a thread. */
async function bothWays(path: string, options: TraceOptions = {}): Promise<[Trace, Trace]> {
  const open = async () => {
    const file = await FileSource.open(path);
    return { file, trace: await openTrace(await unzippedSource(new PeekedSource(file)), options) };
  };
  const { file, trace } = await open();
  return [(await open()).trace, new ThreadedTrace(trace, file, options, ENTRY)];
}

/** A file in a new folder. */
function written(name: string, bytes: Uint8Array): string {
  const path = join(emptyFolder(), name);
  writeFileSync(path, bytes);
  return path;
}

const SYNC = fixture("sync-go1.26.trace");
const damaged = Buffer.from(readFileSync(SYNC));
damaged.fill(0xff, 20_000, 20_400);

const TRACES = [
  SYNC,
  // Many generations, and texts from earlier ones.
  fixture("manygens-sync-go1.26.trace"),
  fixture("annotations-go1.26.trace"),
  fixture("allocfree-sync-go1.26.trace"),
  fixture("annotations-go1.21.trace"),
  fixture("cpusamples-go1.19.trace"),
  // Addresses without names, and stacks that are made up while reading.
  fixture("canned-http_1_7_good.trace"),
  fixture("hello-go1.9.trace"),
  fixture("damaged/goroutine-again-after-its-end.trace"),
  fixture("damaged/task-begins-twice.trace"),
  written("damaged.trace", damaged),
  written("cut.trace", readFileSync(SYNC).subarray(0, 30_001)),
  written("cut-v1.trace", readFileSync(fixture("annotations-go1.21.trace")).subarray(0, 40_000)),
  written("zipped.trace.gz", gzipSync(readFileSync(fixture("annotations-go1.26.trace")))),
  written("cut.trace.gz", gzipSync(readFileSync(SYNC)).subarray(0, 9_000)),
];

describe("a trace that a thread reads", () => {
  test.each(TRACES.map((path) => [basename(path), path]))("is the same: %s", async (_name, path) => {
    for (const options of [{}, { salvage: false }]) {
      const [here, there] = await bothWays(path, options);
      const [plain, threaded] = [await readRows(here), await readRows(there)];
      expect(readingDifference(threaded, plain)).toBeUndefined();
      expect(there.diagnostics.counts()).toEqual(here.diagnostics.counts());
      expect([there.bytesRead, there.generations]).toEqual([here.bytesRead, here.generations]);
      expect(threaded.error?.cause).toEqual(plain.error?.cause);
      expect(plain.rows.length + Number(plain.error !== undefined)).toBeGreaterThan(0);
    }
  });

  test("is released when its reader stops early", async () => {
    const path = written("long.trace", manyTurns(200_000));
    const [here, there] = await bothWays(path);
    await here.close();
    let length = 0;
    for await (const block of there.blocks()) {
      length += block.length;
      if (length > 10_000) break;
    }
    expect(length).toBeLessThan(20_000);
    // No thread keeps a file or this process.
    expect(process.getActiveResourcesInfo()).not.toContain("Worker");
  });
});

describe("the command", () => {
  const [large, largeV1] = [
    Buffer.concat([manyTurns(450_000), Buffer.alloc(5000, 7)]),
    Buffer.from(manyTurnsV1(690_000)).subarray(0, -700),
  ];
  /** Every thread but the main one says so. */
  const telling = encodeURIComponent(`
    import { writeSync } from "node:fs";
    import { isMainThread } from "node:worker_threads";
    if (!isMainThread) writeSync(2, "THREAD");`);

  const run = (path: string, args: readonly string[]) => {
    const environment = { NODE_OPTIONS: `--import=data:text/javascript,${telling}` };
    const { code, stdout, stderr } = go2perfetto([...args, path], { environment });
    const messages = stderr.replace("THREAD", "").replaceAll(path, "IN");
    return { hasThread: stderr.includes("THREAD"), output: [code, stdout.toString("latin1"), messages] };
  };

  const LEAN = ["-o", "-", "--detail", "lean"];
  test.each([
    ["a trace with bytes behind it", large, LEAN, 3],
    ["the same, strictly", large, ["stats", "--strict"], 1],
    ["a trace before Go 1.22 that is cut", largeV1, ["stats"], 3],
  ] as const)(
    "reads a large file in a thread, and says the same: %s",
    { tags: ["long"] },
    (_what, bytes, args, code) => {
      const threaded = run(written("large.trace", bytes), args);
      // Zipped, the same trace is a small file.
      const plain = run(written("large.trace", gzipSync(bytes)), args);
      expect([threaded.hasThread, plain.hasThread]).toEqual([true, false]);
      expect(threaded.output).toEqual(plain.output);
      expect(threaded.output[0]).toBe(code);
    },
  );
});
