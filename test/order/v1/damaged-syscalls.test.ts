import { describe, expect, it } from "vitest";
import { EVENT_KINDS } from "../../../src/event/kind.js";
import { openBytes, readBlocks } from "../../support/reading.js";
import { V1TraceBuilder } from "../../support/trace-v1-builder.js";
import { Validator } from "../../support/validator.js";

const MAIN = 1;
const OTHER = 2;

type Part = readonly [name: string, ...args: number[]];

/** A trace in which goroutine 1 runs and goroutine 2 is runnable from the beginning, and then whatever is given. */
function traceWith(parts: readonly Part[], starts = "GoStartLocal"): Uint8Array {
  const trace = new V1TraceBuilder(19);
  trace.add(trace.batch(0, 0, 1000), trace.event("GoCreate", 1, MAIN, 0, 0));
  trace.add(trace.event("GoCreate", 1, OTHER, 0, 0), trace.event("ProcStart", 1, 0));
  trace.add(trace.event(starts, 1, MAIN), trace.event("Gomaxprocs", 1, 2, 0));
  for (const [name, ...args] of parts)
    trace.add(name === "Batch" ? trace.batch(args[0] ?? 0, 0, args[1] ?? 0) : trace.event(name, 10, ...args));
  return trace.add(trace.frequency(1e9)).bytes();
}

/** What is given of goroutine 1 and of the Ps behind the beginning, by kind. */
async function eventsOf(parts: readonly Part[], options = {}, starts = "GoStartLocal") {
  const trace = await openBytes(traceWith(parts, starts), options);
  const validator = new Validator({ isFormat1: true });
  const kinds: string[] = [];
  await readBlocks(trace, (block) => {
    validator.block(block);
    for (let i = 0; i < block.length; i++) {
      const { name } = EVENT_KINDS[block.kind[i] as number] as { name: string };
      if (/^(GoSyscall|ProcSt|GoCreateSyscall)/.test(name)) kinds.push(name);
    }
  });
  const count = (id: "dropped-events" | "synthesized-events") => [...trace.diagnostics.kinds(id)];
  const [dropped, restated] = [count("dropped-events"), count("synthesized-events")];
  return { kinds, problems: validator.problems, dropped, restated };
}

const CALL: readonly Part[] = [["GoSysCall", 0], ["GoSysBlock"], ["ProcStop"]];
const STARTS: readonly Part[] = [
  ["GoSched", 0],
  ["GoStart", OTHER, 1],
];

describe.each([{}, { slow: true }])("system calls of a trace in which events are missing: %j", (options) => {
  it("are told from one another if nobody is known to make the first", async () => {
    const parts: Part[] = [["GoSched", 0], ["GoSysCall", 0], ["GoStart", OTHER, 1], ...CALL];
    expect(await eventsOf(parts, options)).toEqual({
      kinds: ["ProcStatus", "GoSyscallBegin", "ProcStop"],
      problems: [],
      dropped: [["GoSysCall", 1]],
      restated: [],
    });
  });

  it("are dropped if nobody is known to make any", async () => {
    expect(await eventsOf([["GoSched", 0], ["GoSysCall", 0], ["ProcStop"]], options)).toEqual({
      kinds: ["ProcStatus", "ProcStop"],
      problems: [],
      dropped: [["GoSysCall", 1]],
      restated: [],
    });
  });

  it("have begun if they lose their P", async () => {
    expect(await eventsOf([["GoSysBlock"], ["ProcStop"]], options)).toEqual({
      kinds: ["ProcStatus", "GoSyscallBegin", "ProcStop"],
      problems: [],
      dropped: [],
      restated: [["GoSyscallBegin", 1]],
    });
  });

  it("may end before their P stops, as for Go's reader", async () => {
    const onOther: Part[] = [
      ["Batch", 1, 1020],
      ["ProcStart", 7],
      ["GoSysExit", MAIN, 2, 1030],
    ];
    const { kinds, problems, dropped, restated } = await eventsOf([...CALL, ...onOther], options);
    expect([problems, dropped]).toEqual([[], []]);
    const end = kinds.indexOf("GoSyscallEndBlocked");
    expect([end >= 0, end < kinds.indexOf("ProcStop")]).toEqual([true, true]);
    expect(restated).toEqual([]);
  });

  it("have lost their P before the goroutine starts elsewhere", async () => {
    const [call, block, stop] = CALL as [Part, Part, Part];
    const late: Part[] = [["Batch", 0, 50_000], stop];
    const onOther: Part[] = [
      ["Batch", 1, 1009],
      ["ProcStart", 7],
      ["GoStart", MAIN, 2],
    ];
    const { kinds, problems, dropped } = await eventsOf([call, block, ...late, ...onOther], options);
    expect([problems, dropped]).toEqual([[], []]);
    expect(kinds).toEqual([
      ...["ProcStatus", "GoSyscallBegin", "ProcStatus", "ProcStop", "GoSyscallEndBlocked"],
      ...["ProcStart", "ProcStop"],
    ]);
  });

  it("are not what a goroutine is created in that was there before", async () => {
    const parts: Part[] = [...STARTS, ["GoInSyscall", MAIN], ["GoSched", 0], ["ProcStop"]];
    expect(await eventsOf(parts, options)).toEqual({
      kinds: ["ProcStatus", "ProcStop"],
      problems: [],
      dropped: [["GoInSyscall", 1]],
      restated: [],
    });
  });

  it("are not on the thread on which the trace begins", async () => {
    const { problems } = await eventsOf([["GoStart", OTHER, 1], ...CALL], options, "GoInSyscall");
    expect(problems).toEqual([]);
  });

  it("are not what a call from C ends on a P that runs another goroutine", async () => {
    const { kinds, problems } = await eventsOf([["GoStartLocal", 9], ...CALL], options);
    expect([problems, kinds.includes("GoCreateSyscall")]).toEqual([[], false]);
  });

  it("are what a goroutine is created in whenever that is told", async () => {
    const parts: Part[] = [
      ["GoCreate", 5, 0, 0],
      ["GoSched", 0],
      ["GoStart", 5, 1],
      ["GoInSyscall", 5],
    ];
    const { kinds, problems } = await eventsOf(parts, options);
    expect(problems).toEqual([]);
    expect(kinds).toEqual(["ProcStatus", "GoCreateSyscall", "GoSyscallEndBlocked"]);
  });
});

describe("the end of a system call that is told behind the last event", () => {
  // One batch each, of formats 1.5 and 1.11: a GoSysCall that nobody makes, and the end of a system call.
  it.each([
    "676f20312e35207472616365000000004101e70cc7adb38df0ca3fdd0c020d12a91298cebb8df0ca3f5c021a00",
    "676f20312e313120747261636500000041009bd7dbd3b101dd09261608e7aa87d4b1015c4a5e",
  ])("is the last thing that is given: %#", async (hex) => {
    const trace = await openBytes(new Uint8Array(Buffer.from(hex, "hex")));
    let events = 0;
    const error = await readBlocks(trace, (block) => {
      events += block.length;
    });
    expect(error?.code).toBe("no-frequency");
    expect(events).toBeLessThan(10);
  });
});
