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

  it("ends a region by its beginning's name where a cut generation lacks it", async () => {
    const trace = new TraceBuilder()
      .frequency()
      .strings(wireString(3, "work"))
      .batch(7, 10, ...status(1), wireBytes("UserRegionBegin", 1, 5, 3, 0));
    const behind = [wireBytes("UserRegionEnd", 1, 5, 9, 0), wireBytes("HeapAlloc", 1, 77)];
    trace
      .nextGeneration()
      .frequency()
      .batch(7, 20, ...status(1), ...behind);
    const given = await read(trace);
    expect(given.error?.code).toBe("incomplete-generation");
    expect(kinds(given).slice(-2)).toEqual([EventKind.RegionEnd, EventKind.HeapAlloc]);
    const end = given.rows.length - 2;
    expect(given.generations[1]?.strings[given.rows.at(end, "name")]).toBe("work");
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

/** A trace in which a thread runs beside another one, which has these batches. */
function beside(
  ...batches: readonly (readonly [time: number | bigint, ...data: Uint8Array[]])[]
): TraceBuilder {
  const trace = new TraceBuilder().frequency().batch(7, 10, ...status(1), wireBytes("HeapAlloc", 1000, 5));
  for (const [time, ...data] of batches) trace.batch(8, time, ...data);
  return trace;
}

describe("a malformed event of a made-up trace", () => {
  const metric = wireBytes("HeapGoal", 1, 5);
  const status8 = [wireBytes("ProcStatus", 1, 1, RUNNING), wireBytes("GoStatus", 1, 2, 8, GO_RUNNING)];
  const late = 2n ** 53n;

  it.each([
    ["a batch at 2^53", [[late, metric]], 0],
    ["a batch at 2^63", [[2n ** 63n, metric]], 0],
    ["a batch at the last time of all", [[2n ** 64n - 1n, metric]], 0],
    ["a time delta of 2^53", [[20, ...status8, wireBytes("HeapGoal", late, 5), metric]], 2],
    ["a time delta of 2^64 - 1", [[20, ...status8, wireBytes("HeapGoal", 2n ** 64n - 1n, 5)]], 2],
    [
      "a second batch",
      [
        [20, ...status8],
        [late, metric],
      ],
      2,
    ],
  ] as const)(
    "is one whose time no trace lasts to, when all others are given: %s",
    async (_, batches, before) => {
      const trace = beside(...batches);
      const { rows, error } = await read(trace);
      const bytes = trace.bytes();
      // Its type byte stands where the last metric of its sort is.
      const sort = wireBytes("HeapGoal")[0] as number;
      expect([error?.code, error?.message]).toEqual([
        "malformed-event",
        "malformed event: its time is later than any trace can be",
      ]);
      expect([bytes[error?.facts.offset ?? 0], error?.facts.event, error?.facts.thread]).toEqual([
        sort,
        "HeapGoal",
        8,
      ]);
      // The two syncs, and what both threads have before it.
      expect(rows.length).toBe(2 + 3 + before);
      for (let i = 0; i < rows.length; i++) expect(rows.at(i, "time")).toBeLessThan(2 ** 53);
    },
  );

  it("is one whose time is late because a tick is long", async () => {
    const trace = new TraceBuilder()
      .batch(NO_THREAD, 1, wireBytes("Frequency", 1))
      .batch(7, 10, ...status(1), ...[1, 2].map(() => wireBytes("HeapAlloc", 2 ** 22, 5)));
    const { rows, error } = await read(trace);
    expect([error?.code, error?.facts.event, rows.length]).toEqual(["malformed-event", "HeapAlloc", 5]);
  });

  it("is a CPU sample whose time is late", async () => {
    const sample = (time: bigint) => wireBytes("CPUSample", time, 7, 0, 1, 0);
    const trace = beside().batch(NO_THREAD, 1, wireBytes("CPUSamples"), sample(20n), sample(late * 2n));
    const { rows, error } = await read(trace);
    expect(error?.message).toBe("malformed CPU sample: its time is later than any trace can be");
    expect(error?.facts.offset).toBe(trace.bytes().length - sample(late * 2n).length);
    expect(kinds({ rows } as ReadTrace)).toContain(EventKind.CpuSample);
  });

  it.each([
    ["an unknown type", Uint8Array.of(57, 1), "unknown event type 57", "unknown event 57"],
    ["no type", Uint8Array.of(0, 1), "unknown event type 0", "unknown event 0"],
    ["a string", wireString(1, "a"), "String stands in a thread's stream of events", "String"],
    ["a time that is cut", wireBytes("HeapGoal").slice(0, 1), "unexpected end of data", "HeapGoal"],
    ["arguments that are cut", wireBytes("HeapGoal", 1), "unexpected end of data", "HeapGoal"],
    [
      "a time of too many bytes",
      Uint8Array.of(wireBytes("HeapGoal")[0] as number, ...Array(11).fill(0x81), 1, 5),
      "varint longer than 64 bits",
      "HeapGoal",
    ],
  ])("is named, and pointed at: %s", async (_, bytes, problem, event) => {
    const trace = beside([20, ...status8, metric, bytes]);
    const { rows, error } = await read(trace);
    expect([error?.code, error?.message]).toEqual(["malformed-event", `malformed event: ${problem}`]);
    expect(error?.facts).toMatchObject({ offset: trace.bytes().length - bytes.length, thread: 8, event });
    expect(kinds({ rows } as ReadTrace)).toContain(EventKind.HeapGoal);
  });

  it("is pointed at by its type byte, as events that are wrong otherwise are", async () => {
    // The delta is written with more bytes than it takes.
    const start = Uint8Array.of(wireBytes("GoStart")[0] as number, 0x85, 0x80, 0x00, 99, 1);
    const trace = beside([20, wireBytes("ProcStatus", 1, 1, RUNNING), start]);
    const { error } = await read(trace);
    expect(error?.facts).toMatchObject({ offset: trace.bytes().length - start.length, event: "GoStart" });
  });
});
