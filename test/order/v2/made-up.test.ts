import { describe, expect, it } from "vitest";
import { EventKind } from "../../../src/event/kind.js";
import { type ReadTrace, readRows } from "../../support/event-rows.js";
import { openBytes } from "../../support/reading.js";
import { NO_THREAD, TraceBuilder, wireBytes, wireStack, wireString } from "../../support/trace-builder.js";

const RUNNING = 1;
const GO_RUNNING = 2;

async function read(trace: TraceBuilder): Promise<ReadTrace> {
  const fast = await readRows(await openBytes(trace.bytes()));
  const slow = await readRows(await openBytes(trace.bytes(), { slow: true }));
  expect(fast.rows.difference(slow.rows)).toBeUndefined();
  expect(fast.error?.code).toBe(slow.error?.code);
  return fast;
}

function kinds({ rows }: ReadTrace): number[] {
  return Array.from({ length: rows.length }, (_, i) => rows.at(i, "kind"));
}

/** The status of P 0 and of a goroutine that runs on it. */
const status = (goroutine: number) => [
  wireBytes("ProcStatus", 1, 0, RUNNING),
  wireBytes("GoStatus", 1, goroutine, 7, GO_RUNNING),
];

describe("a made-up trace", () => {
  it("may begin with an empty batch", async () => {
    const trace = new TraceBuilder()
      .batch(7, 5)
      .frequency()
      .batch(7, 10, ...status(1));
    const { error, ...given } = await read(trace);
    expect(error).toBeUndefined();
    expect(kinds(given as ReadTrace)).toEqual([
      EventKind.Sync,
      EventKind.ProcStatus,
      EventKind.GoStatus,
      EventKind.Sync,
    ]);
  });

  it("may hold empty batches anywhere", async () => {
    const trace = new TraceBuilder()
      .frequency()
      .batch(7, 10, ...status(1))
      .batch(7, 20)
      .batch(8, 20)
      .batch(7, 30, wireBytes("HeapAlloc", 1, 5))
      .batch(7, 40);
    const given = await read(trace);
    expect(given.error).toBeUndefined();
    expect(kinds(given).slice(1, -1)).toEqual([
      EventKind.ProcStatus,
      EventKind.GoStatus,
      EventKind.HeapAlloc,
    ]);
  });

  it("may number goroutines, threads, strings and stacks as it likes", async () => {
    const goroutine = 2 ** 52 + 1;
    const trace = new TraceBuilder()
      .frequency()
      .strings(wireString(2 ** 40, "why"), wireString(3, "f"))
      .stacks(wireStack(2 ** 50, [[2n ** 64n - 3n, 3, 3, 1]]))
      .batch(2 ** 45, 10, ...status(4), wireBytes("GoCreate", 1, goroutine, 0, 0))
      .batch(2 ** 45, 20, wireBytes("GoStop", 1, 2 ** 40, 2 ** 50), wireBytes("GoStart", 1, goroutine, 1))
      .batch(
        2 ** 45,
        30,
        wireBytes("GoBlock", 1, 2 ** 40, 0),
        wireBytes("GoUnblock", 1, goroutine, 2, 2 ** 50),
      );
    const given = await read(trace);
    expect(given.error).toBeUndefined();
    const { rows } = given;
    expect(rows.at(3, "subject")).toBe(goroutine);
    expect(rows.at(3, "thread")).toBe(2 ** 45);
    expect(given.generations[0]?.strings[rows.at(4, "name")]).toBe("why");
    expect(given.generations[0]?.stacks[rows.at(4, "stack")]).toBe("f@18446744073709551613 f:1");
    expect(kinds(given).slice(4, -1)).toEqual([
      EventKind.GoStop,
      EventKind.GoStart,
      EventKind.GoBlock,
      EventKind.GoUnblock,
    ]);
    expect(rows.at(6, "goroutine")).toBe(goroutine);
  });

  it("may unblock a goroutine on no thread", async () => {
    const trace = new TraceBuilder()
      .frequency()
      .batch(7, 10, wireBytes("ProcStatus", 1, 0, RUNNING), wireBytes("GoStatus", 1, 5, NO_THREAD, 4))
      .batch(NO_THREAD, 15, wireBytes("GoUnblock", 1, 5, 1, 0));
    const given = await read(trace);
    expect(given.error).toBeUndefined();
    expect(given.rows.at(3, "kind")).toBe(EventKind.GoUnblock);
    expect(given.rows.at(3, "thread")).toBe(-1);
  });

  it("has equal timestamps made different, in the order of the stream", async () => {
    const heap = [1, 2, 3, 4].map((value) => wireBytes("HeapAlloc", 0, value));
    const trace = new TraceBuilder().frequency().batch(7, 10, ...status(1), ...heap);
    const { rows } = await read(trace);
    const times = [3, 4, 5, 6].map((i) => rows.at(i, "time") - rows.at(2, "time"));
    expect(times).toEqual([1, 2, 3, 4]);
  });

  it("must number its generations one after the other", async () => {
    const trace = new TraceBuilder().frequency().batch(7, 10, ...status(1));
    trace.nextGeneration().nextGeneration().frequency();
    expect((await read(trace)).error?.code).toBe("interleaved-generations");
  });

  it("keeps what a second generation restates apart from news", async () => {
    const trace = new TraceBuilder().frequency().batch(7, 10, ...status(1));
    trace
      .nextGeneration()
      .frequency()
      .batch(7, 20, ...status(1));
    const known = await read(trace);
    expect(known.error).toBeUndefined();
    expect([known.rows.at(2, "from"), known.rows.at(5, "from")]).toEqual([0, 3]);
    const news = new TraceBuilder().frequency().batch(7, 10, ...status(1));
    news
      .nextGeneration()
      .frequency()
      .batch(7, 20, ...status(2));
    expect((await read(news)).error?.code).toBe("unknown-resource");
  });
});
