import { describe, expect, it } from "vitest";
import { EVENT_KINDS } from "../../../src/event/kind.js";
import type { TraceOptions } from "../../../src/order/trace.js";
import { LIKE_GO, openBytes, readBlocks } from "../../support/reading.js";
import { V1TraceBuilder } from "../../support/trace-v1-builder.js";
import { Validator } from "../../support/validator.js";

const FROM_C = 5;
/** In ticks: of the first event, and of the one that tells the end of the second system call. */
const BEGIN = 1001;
const SECOND_EXIT = 1230;
/** The numbers of a goroutine that was in a trace before begin with this one, or the next. */
const OLDER = 6;

/**
 * While the trace goes on, the runtime creates a goroutine for a thread that C made, which calls into Go then, and once more.
 * @param minor 19, or 21, which does not tell the end of the goroutine's first system call, but its time at the second
 */
function traceWithCalls(minor: number): Uint8Array {
  const trace = new V1TraceBuilder(minor);
  const isTold = minor === 19;
  trace.add(trace.batch(0, 0, 1000), trace.event("GoCreate", 1, 1, 0, 0), trace.event("ProcStart", 1, 0));
  trace.add(trace.event("GoStartLocal", 1, 1), trace.event("Gomaxprocs", 1, 2, 0));
  trace.add(trace.event("GoCreate", 10, FROM_C, 0, 0), trace.event("GoInSyscall", 10, FROM_C));
  trace.add(trace.event("GoSleep", 10, 0), trace.event("ProcStop", 10));
  trace.add(trace.batch(1, 0, 1100), trace.event("ProcStart", 1, 7));
  if (isTold) trace.add(trace.event("GoSysExit", 5, FROM_C, 2, 1105), trace.event("GoStartLocal", 1, FROM_C));
  else trace.add(trace.event("GoStart", 6, FROM_C, 2));
  trace.add(trace.event("GoSysCall", 10, 0), trace.event("GoSysBlock", 10), trace.event("ProcStop", 1));
  trace.add(trace.event("ProcStart", 100, 7));
  trace.add(trace.event("GoSysExit", 2, FROM_C, isTold ? 4 : 3, isTold ? SECOND_EXIT - 1 : 1105));
  trace.add(trace.event("GoStartLocal", 1, FROM_C), trace.event("GoEnd", 5), trace.event("ProcStop", 5));
  return trace.add(trace.frequency(1e9)).bytes();
}

const encoder = new V1TraceBuilder(11);
/** Back to C. */
const BACK = [encoder.event("GoSysCall", 5, 0), encoder.event("GoSysBlock", 5)];

/** A trace before Go 1.20 in whose middle a goroutine for a thread of C begins with an event; and then makes a system call. */
function traceWithOlder(first: readonly Uint8Array[], last = BACK): Uint8Array {
  const trace = new V1TraceBuilder(11);
  trace.add(trace.batch(0, 0, 1000), trace.event("GoCreate", 1, 1, 0, 0), trace.event("ProcStart", 1, 0));
  trace.add(trace.event("GoStartLocal", 1, 1), trace.event("Gomaxprocs", 1, 2, 0));
  trace.add(trace.event("GoSleep", 10, 0), trace.event("ProcStop", 10));
  trace.add(trace.batch(1, 0, 1100), trace.event("ProcStart", 1, 7), ...first);
  trace.add(trace.event("GoSysCall", 10, 0), trace.event("GoSysBlock", 10), trace.event("ProcStop", 1));
  trace.add(trace.batch(0, 0, 1200), trace.event("ProcStart", 1, 7));
  trace.add(trace.event("GoSysExit", 5, FROM_C, OLDER + 2, 1203), trace.event("GoStartLocal", 1, FROM_C));
  trace.add(...last, trace.event("ProcStop", 5));
  return trace.add(trace.frequency(1e9)).bytes();
}

async function eventsOf(bytes: Uint8Array, options: TraceOptions) {
  const trace = await openBytes(bytes, options);
  const validator = new Validator({ isFormat1: true });
  const kinds: string[] = [];
  const exits: number[] = [];
  const error = await readBlocks(trace, (block) => {
    validator.block(block);
    for (let i = 0; i < block.length; i++) {
      const info = EVENT_KINDS[block.kind[i] as number];
      if (info?.class !== "goroutine" || block.subject[i] !== FROM_C) continue;
      kinds.push(info.name);
      if (info.name === "GoSyscallEndBlocked") exits.push((block.time[i] as number) + trace.timeBase + BEGIN);
    }
  });
  return { kinds, exits, error, problems: validator.problems, counted: trace.diagnostics.entries() };
}

const FIRST_CALL = ["GoSyscallEndBlocked", "GoStart", "GoSyscallBegin"];
const SECOND_CALL = ["GoSyscallEndBlocked", "GoStart", "GoDestroy"];

describe("a goroutine that is created for a thread of C while the trace goes on", () => {
  it.each([
    [19, {}, [1105, SECOND_EXIT - 1]],
    [19, { slow: true }, [1105, SECOND_EXIT - 1]],
    [21, {}, [1107, SECOND_EXIT]],
    [21, { slow: true }, [1107, SECOND_EXIT]],
  ])("begins in a system call: format 1.%i, %j", async (minor, options, exits) => {
    expect(await eventsOf(traceWithCalls(minor), options)).toEqual({
      kinds: ["GoCreateSyscall", ...FIRST_CALL, ...SECOND_CALL],
      exits,
      error: undefined,
      problems: [],
      counted: [],
    });
  });

  it("is what Go makes of it, where that is asked for", async () => {
    const { kinds, error } = await eventsOf(traceWithCalls(19), LIKE_GO);
    expect(error).toBeUndefined();
    expect(kinds).toEqual(["GoCreate", "GoStatus", ...FIRST_CALL, ...SECOND_CALL]);
    expect((await eventsOf(traceWithCalls(21), LIKE_GO)).error?.code).toBe("stuck");
  });
});

describe("a goroutine for a thread of C that was in a trace before, and has numbers that go on from there", () => {
  it.each([
    [
      "the end of a system call",
      [encoder.event("GoSysExit", 5, FROM_C, OLDER, 0), encoder.event("GoStartLocal", 1, FROM_C)],
    ],
    ["a start", [encoder.event("GoStart", 6, FROM_C, OLDER + 1)]],
    ["a start on the P on which it was last", [encoder.event("GoStartLocal", 6, FROM_C)]],
  ])("begins in a system call, whether it is told first by %s", async (_, first) => {
    for (const options of [{}, { slow: true }]) {
      const { kinds, error, problems, counted } = await eventsOf(traceWithOlder(first), options);
      expect([error, problems, counted]).toEqual([undefined, [], []]);
      expect(kinds).toEqual(["GoCreateSyscall", ...FIRST_CALL, ...FIRST_CALL]);
    }
    expect((await eventsOf(traceWithOlder(first), LIKE_GO)).error?.code).toBe("stuck");
  });

  it("is not taken for one that ends, whose creation is missing", async () => {
    const { error } = await eventsOf(
      traceWithOlder([encoder.event("GoStart", 6, FROM_C, OLDER + 1)], [encoder.event("GoEnd", 5)]),
      {},
    );
    expect(error?.code).toBe("stuck");
  });

  it("is not taken for one that is woken, whose creation is missing", async () => {
    const woken = [encoder.event("GoUnblock", 5, FROM_C, OLDER, 0), encoder.event("GoStartLocal", 1, FROM_C)];
    const { error } = await eventsOf(traceWithOlder(woken), {});
    expect(error?.code).toBe("stuck");
  });
});
