import { readFileSync } from "node:fs";
import { gunzipSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import type { TraceError, TraceErrorCode } from "../../../src/base/errors.js";
import { EventKind } from "../../../src/event/kind.js";
import { openTraceFile } from "../../../src/node.js";
import { wireName } from "../../../src/wire/v2/spec.js";
import { type ExpectedTrace, fuzzTraces, invalidTraces, isFormat1 } from "../../support/corpus.js";
import { type ReadTrace, readingDifference, readRows } from "../../support/event-rows.js";
import { goErrorCode } from "../../support/go-errors.js";
import { LIKE_GO, openBytes, readFileBlocks } from "../../support/reading.js";
import { usedBuffers } from "../../support/used-memory.js";

/** Events that Go's reader loses: the one before a malformed one in the same stream. */
const LOST_BY_GO: Readonly<Record<string, number>> = {
  "bitflip-sync-go1.26-04-at33271": 1,
  // There it is the sync event that comes before all others.
  "malformed-timestamp": 1,
};

/** Where ours sees something else to be wrong than Go's does. */
const OWN_VERDICT: Readonly<Record<string, TraceErrorCode>> = {
  "concat-two-traces": "second-trace",
  // Go reads the end mark of 1.26 as a batch.
  "header-lies-go1.26-as-1.22": "no-frequency",
  // Go takes a header without anything behind it for a trace without events.
  "trunc-sync-go1.26-16": "truncated",
};

/** Before Go 1.26 Go's reader names the first thing that a cut generation lacks. */
const LACKS: ReadonlySet<string> = new Set<TraceErrorCode>(["no-frequency", "malformed-table"]);
const CUT: ReadonlySet<string> = new Set<TraceErrorCode>(["truncated", "incomplete-generation"]);

const MALFORMED = [...fuzzTraces(), ...invalidTraces()];
const FORMAT_2 = MALFORMED.filter((trace) => !isFormat1(trace));
const isGzip = ({ path }: ExpectedTrace) => path.endsWith(".gz");
const HEADER_OF_KNOWN_FORMAT_2 = /^go 1\.(22|23|25|26) trace\0{3}$/;
const MOST_MEMORY = 96 << 20;

/**
 * Before Go 1.26 Go's reader gives the first events of a cut generation, until it misses something. A stream of events
 * in the batch that is cut comes among them when it is salvaged.
 */
const CUT_IN_EVENTS = new Set(["trunc-http3s-go1.25-half"]);

/**
 * Of a generation whose predecessor is missing Go's reader gives the first events, until one contradicts that it looks at: it lets two
 * threads have the same P before. When it is salvaged, the first of them is repaired, and a generation that is over is left out.
 */
const LACKS_GENERATION = new Set(["gen-middle-missing-http3s-go1.26", "gens-swapped-http3s-go1.26"]);

/**
 * Go's reader takes the events of a batch that stands there twice as long as they do not contradict what it looks at. When it is
 * salvaged, the batch is taken once.
 */
const HAS_DOUBLED_BATCH = new Set(["batch-duplicated-http3s-go1.26"]);

/** Where what Go's reader gives before the error is more, or less, than what is true. */
const DIFFERS_AT_THE_END = new Set([...CUT_IN_EVENTS, ...LACKS_GENERATION, ...HAS_DOUBLED_BATCH]);

function opens(path: string): boolean {
  return HEADER_OF_KNOWN_FORMAT_2.test(readFileSync(path).subarray(0, 16).toString("latin1"));
}

function lastSync({ rows }: ReadTrace): number {
  let last = rows.length - 1;
  while (rows.at(last, "kind") !== EventKind.Sync) last--;
  return last;
}

/** Number of events without the sync event that ends them. */
function withoutFinalSync(trace: ReadTrace): number {
  const { length } = trace.rows;
  return length > 0 && lastSync(trace) === length - 1 ? length - 1 : length;
}

/** The error class that ours should give, by Go's error. */
function expectedCode({ name, expect: go }: ExpectedTrace): TraceErrorCode | undefined {
  const message = go.newReaderError ?? go.readError;
  return OWN_VERDICT[name] ?? (message === undefined ? undefined : goErrorCode(message));
}

function sameClass(name: string, ours: string | undefined, gos: string | undefined): boolean {
  if (ours === gos) return true;
  return name.startsWith("trunc-") && LACKS.has(gos ?? "") && CUT.has(ours ?? "");
}

async function readRowsOf(path: string, salvage: boolean): Promise<ReadTrace> {
  return readRows(await openTraceFile(path, { salvage }));
}

/** What is wrong with where an error says that it is. */
function placeProblem(error: TraceError, path: string): string | undefined {
  const bytes = readFileSync(path);
  const { offset, event, thread, generation } = error.facts;
  if (offset === undefined || offset > bytes.length) return `offset ${offset} of ${bytes.length}`;
  if (event === undefined) return undefined;
  if (thread === undefined || generation === undefined) return "no thread or generation";
  const there = wireName(bytes[offset] as number);
  return there === event ? undefined : `no ${event} at ${offset}, but ${there}`;
}

describe("a malformed trace", () => {
  it.each(FORMAT_2.filter((trace) => !isGzip(trace)))(
    "gives as many events as Go's reader, and the same sort of error: $name",
    async (trace) => {
      let events = 0;
      const error = await readFileBlocks(trace.path, LIKE_GO, (block) => {
        events += block.length;
      });
      expect(events).toBe((trace.expect.events ?? 0) + (LOST_BY_GO[trace.name] ?? 0));
      const code = expectedCode(trace);
      expect(error?.code).toSatisfy((ours) => sameClass(trace.name, ours, code), `not ${code}`);
    },
  );

  // Go's reader takes gzip for no trace.
  it.each(FORMAT_2.filter(isGzip))(
    "is read if nothing is wrong but that it is gzip: $name",
    async ({ path }) => {
      const unzipped = await readRows(await openBytes(gunzipSync(readFileSync(path)), LIKE_GO));
      expect(unzipped.rows.length).toBeGreaterThan(1000);
      expect(readingDifference(await readRows(await openTraceFile(path, LIKE_GO)), unzipped)).toBeUndefined();
    },
  );

  it.each(FORMAT_2)("says where it is broken: $name", async ({ path }) => {
    const error = await readFileBlocks(path, {}, () => {});
    if (error !== undefined) expect(placeProblem(error, path), error.message).toBeUndefined();
  });

  it.each(FORMAT_2.filter(({ path }) => opens(path)))(
    "gives what can be salvaged behind what is whole: $name",
    async ({ name, path }) => {
      const whole = await readRowsOf(path, false);
      const salvaged = await readRowsOf(path, true);
      const kept = DIFFERS_AT_THE_END.has(name) ? lastSync(whole) : withoutFinalSync(whole);
      expect(salvaged.rows.difference(whole.rows, kept)).toBeUndefined();
      expect(salvaged.rows.length).toBeGreaterThanOrEqual(kept);
      expect(salvaged.error === undefined).toBe(whole.error === undefined);
    },
  );

  it("takes no more memory than a sound one", async () => {
    const before = usedBuffers();
    let largest = before;
    const measure = (): void => {
      largest = Math.max(largest, process.memoryUsage().arrayBuffers);
    };
    for (const { path } of MALFORMED.filter(({ expect: go }) => go.size < 1000)) {
      await readFileBlocks(path, {}, measure);
      measure();
    }
    expect(largest - before).toBeLessThan(MOST_MEMORY);
  });
});
