import { describe, expect, it } from "vitest";
import { EVENT_KINDS } from "../../../src/event/kind.js";
import type { TraceOptions } from "../../../src/order/trace.js";
import { LIKE_GO, openBytes, readBlocks } from "../../support/reading.js";
import { V1TraceBuilder } from "../../support/trace-v1-builder.js";
import { Validator } from "../../support/validator.js";

const FROM_C = 5;

/**
 * While the trace goes on, the runtime creates a goroutine for a thread that C made, which calls into Go then.
 * @param minor 19, or 21, which does not tell the end of the goroutine's first system call
 */
function traceWithCall(minor: number): Uint8Array {
  const trace = new V1TraceBuilder(minor);
  trace.add(trace.batch(0, 0, 1000), trace.event("GoCreate", 1, 1, 0, 0), trace.event("ProcStart", 1, 0));
  trace.add(trace.event("GoStartLocal", 1, 1), trace.event("Gomaxprocs", 1, 2, 0));
  trace.add(trace.event("GoCreate", 10, FROM_C, 0, 0), trace.event("GoInSyscall", 10, FROM_C));
  trace.add(trace.event("GoSleep", 10, 0), trace.event("ProcStop", 10));
  trace.add(trace.batch(1, 0, 1100), trace.event("ProcStart", 1, 7));
  if (minor === 21) trace.add(trace.event("GoStart", 6, FROM_C, 2));
  else trace.add(trace.event("GoSysExit", 5, FROM_C, 2, 1105), trace.event("GoStartLocal", 1, FROM_C));
  trace.add(trace.event("GoEnd", 5), trace.event("ProcStop", 5), trace.frequency(1e9));
  return trace.bytes();
}

async function eventsOf(minor: number, options: TraceOptions) {
  const trace = await openBytes(traceWithCall(minor), options);
  const validator = new Validator({ isFormat1: true });
  const kinds: string[] = [];
  const error = await readBlocks(trace, (block) => {
    validator.block(block);
    for (let i = 0; i < block.length; i++) {
      const info = EVENT_KINDS[block.kind[i] as number];
      if (info?.class === "goroutine" && block.subject[i] === FROM_C) kinds.push(info.name);
    }
  });
  return { kinds, error, problems: validator.problems, counted: trace.diagnostics.entries() };
}

describe("a goroutine that is created for a thread of C while the trace goes on", () => {
  it.each([
    [19, {}],
    [19, { slow: true }],
    [21, {}],
    [21, { slow: true }],
  ])("begins in a system call: format 1.%i, %j", async (minor, options) => {
    expect(await eventsOf(minor, options)).toEqual({
      kinds: ["GoCreateSyscall", "GoSyscallEndBlocked", "GoStart", "GoDestroy"],
      error: undefined,
      problems: [],
      counted: [],
    });
  });

  it("is what Go makes of it, where that is asked for", async () => {
    const { kinds, error } = await eventsOf(19, LIKE_GO);
    expect(error).toBeUndefined();
    expect(kinds).toEqual(["GoCreate", "GoStatus", "GoSyscallEndBlocked", "GoStart", "GoDestroy"]);
    expect((await eventsOf(21, LIKE_GO)).error?.code).toBe("stuck");
  });
});
