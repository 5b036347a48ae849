import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import type { TraceError } from "../../../src/base/errors.js";
import type { EventBlock } from "../../../src/event/block.js";
import { EVENT_KINDS, EventKind } from "../../../src/event/kind.js";
import { openTraceFile } from "../../../src/node.js";
import type { Trace } from "../../../src/order/trace.js";
import { isRun, type StoredPart } from "../../../src/wire/observer.js";
import { runLines } from "../../../src/wire/v1/dump.js";
import { WireStats } from "../../../src/wire/wire-stats.js";
import { forMutants } from "../../fuzz/mutants.js";
import { FIXTURES, fixtureTraces, isFormat1, otherTraces, validTraces } from "../../support/corpus.js";
import { tried } from "../../support/quick.js";
import { LIKE_GO, openBytes, readBlocks, readFileBlocks } from "../../support/reading.js";
import { Validator } from "../../support/validator.js";

const SOUND = [...new Map([...fixtureTraces(), ...validTraces()].map((t) => [t.oracle, t])).values()];
const SOUND_1 = SOUND.filter(isFormat1);
const OTHERS = otherTraces().filter(isFormat1);
const CALLS_FROM_C = OTHERS.filter(({ name }) => /^syscalls-go/.test(name));
const DEAD = OTHERS.filter(({ name }) => /^(osexit|panicked|sigkill)/.test(name));
const UNORDERED = OTHERS.filter(({ name }) => name === "stress_1_5_unordered");

/** Kinds of stored events that are one ordered event each, whatever is around them. */
const AS_STORED: readonly (readonly [string, string])[] = [
  ["HeapAlloc", "HeapAlloc"],
  ["GCStart", "GcBegin"],
  ["GCDone", "GcEnd"],
  ["GCSweepStart", "SweepBegin"],
  ["GCSweepDone", "SweepEnd"],
  ["GCMarkAssistStart", "AssistBegin"],
  ["GCMarkAssistDone", "AssistEnd"],
  ["GoSysCall", "GoSyscallBegin"],
  ["GoEnd", "GoDestroy"],
  ["UserLog", "Log"],
];

interface Reading {
  readonly trace: Trace;
  readonly error: TraceError | undefined;
  readonly problems: readonly string[];
  readonly given: ReadonlyMap<string, number>;
  readonly stored: ReadonlyMap<string, number>;
}

async function read(path: string, visit: (block: EventBlock) => void = () => {}): Promise<Reading> {
  const stats = new WireStats();
  const trace = await openTraceFile(path, { observe: stats.part });
  const validator = new Validator({ isFormat1: true });
  const given = new Map<string, number>();
  const error = await readBlocks(trace, (block) => {
    validator.block(block);
    visit(block);
    for (let i = 0; i < block.length; i++) {
      const { name } = EVENT_KINDS[block.kind[i] as number] as { name: string };
      given.set(name, (given.get(name) ?? 0) + 1);
    }
  });
  const stored = new Map(stats.entries().map(({ name, count }) => [name, count]));
  return { trace, error, problems: validator.problems, given, stored };
}

function differences({ given, stored }: Reading): number[] {
  return AS_STORED.map(([wire, kind]) => (given.get(kind) ?? 0) - (stored.get(wire) ?? 0));
}

describe.runIf(CALLS_FROM_C.length > 0)("calls from C into Go", () => {
  it.each(CALLS_FROM_C)("need no repair, and every event is given: $name", async ({ path }) => {
    const reading = await read(path);
    expect(reading.error).toBeUndefined();
    expect(reading.problems).toEqual([]);
    expect(reading.trace.diagnostics.entries()).toEqual([]);
    expect(differences(reading)).toEqual(AS_STORED.map(() => 0));
  });

  // The program calls back five times from a thread of Go's, and twice from each of five threads that C made.
  it.each(CALLS_FROM_C)("are as many as the program makes: $name", async ({ path }) => {
    let callbacks = 0;
    const fromC = new Set<number>();
    await read(path, (block) => {
      for (let i = 0; i < block.length; i++) {
        if (block.kind[i] === EventKind.GoCreateSyscall) fromC.add(block.subject[i] as number);
        if (block.kind[i] !== EventKind.GoCreate) continue;
        const frame = block.generation?.stacks.frames(block.subjectStack[i] as number)[0];
        if (/goCallback/.test(frame?.func ?? "")) callbacks++;
      }
    });
    expect(callbacks).toBe(15);
    expect(fromC.size).toBeGreaterThanOrEqual(1);
    expect(fromC.size).toBeLessThanOrEqual(5);
  });

  it.each(CALLS_FROM_C)("are refused where Go's verdict is asked for: $name", async ({ path }) => {
    let events = 0;
    const error = await readFileBlocks(path, LIKE_GO, (block) => {
      events += block.length;
    });
    expect([events, error?.code]).toEqual([0, "stuck"]);
  });
});

describe.runIf(DEAD.length > 0)("the trace of a program that died", () => {
  it.each(DEAD)("is given to its last event: $name", async ({ path }) => {
    const reading = await read(path);
    const { diagnostics } = reading.trace;
    expect(reading.error?.code).toBe("no-frequency");
    expect(reading.problems).toEqual([]);
    expect(diagnostics.count("frequency-estimated")).toBeGreaterThan(1000);
    expect(diagnostics.count("lost-events")).toBe(0);
    expect(diagnostics.count("lost-bytes")).toBe(0);
    // Less than one event in a thousand makes no sense any more, and all differences are counted.
    const dropped = diagnostics.count("dropped-events");
    const restated = diagnostics.count("synthesized-events");
    const events = [...reading.stored.values()].reduce((sum, count) => sum + count, 0);
    expect(dropped).toBeLessThan(events / 1000);
    const difference = differences(reading);
    expect(difference[0], "memory").toBe(0);
    const missing = difference.reduce((sum, by) => sum + Math.max(0, -by), 0);
    const added = difference.reduce((sum, by) => sum + Math.max(0, by), 0);
    expect(missing).toBeLessThanOrEqual(dropped);
    expect(added).toBeLessThanOrEqual(restated);
  });
});

describe.runIf(UNORDERED.length > 0)("a trace whose clocks disagree", () => {
  it.each(UNORDERED)("keeps the order of its numbers: $name", async ({ path }) => {
    const reading = await read(path);
    expect(reading.error?.code).toBe("wrong-time");
    expect(reading.problems).toEqual([]);
    expect(reading.trace.diagnostics.entries().map(({ id }) => id)).toEqual(["clamped-times"]);
    expect(differences(reading)).toEqual(AS_STORED.map(() => 0));
  });
});

describe.runIf(SOUND_1.length > 0)("a sound trace", () => {
  it.each(SOUND_1)("needs no repair: $name", async ({ path }) => {
    const { trace, error } = await read(path);
    expect([error, trace.diagnostics.entries()]).toEqual([undefined, []]);
  });

  it.each(SOUND_1.filter(({ name }) => /^(hello|sync|annotations)/.test(name)))(
    "has the same events without its end, with times by another frequency: $name",
    async ({ path }) => {
      const { offset, frequency } = await frequencyOf(path);
      const whole = await kindsAndEnd(await openTraceFile(path));
      const trace = await openBytes(readFileSync(path).subarray(0, offset));
      const cut = await kindsAndEnd(trace);
      expect(cut.error?.code).toBe("no-frequency");
      expect(trace.diagnostics.hasEstimatedTimes).toBe(true);
      expect(cut.kinds).toEqual(whole.kinds.slice(0, cut.kinds.length));
      // Only the sync event at the end is missing.
      expect(cut.kinds.length).toBe(whole.kinds.length - 1);
      const ratio = cut.end / cut.nsPerTick / (whole.end * (frequency / 1e9));
      expect(Math.abs(ratio - 1)).toBeLessThan(0.01);
    },
  );

  it("is valid up to any byte at which it is cut, and says what is missing", { tags: ["long"] }, async () => {
    const tiny = SOUND_1.filter(({ name }) => /^hello/.test(name));
    for (const { path } of tiny) {
      const bytes = readFileSync(path);
      for (let length = 17; length < bytes.length; length += 3) {
        const { error, problems } = await readDamaged(bytes.subarray(0, length));
        expect(problems).toEqual([]);
        if (error !== undefined) expect(error.facts.offset ?? 0).toBeLessThanOrEqual(length);
      }
    }
  });

  it.each([
    [/^hello/, 5000],
    [/^(annotations|sync|syscalls|stress_1_5|gomaxprocs)/, 150],
  ] as const)("damaged at random is valid as far as it is given: %s", async (names, numRuns) => {
    const paths = [...SOUND_1, ...OTHERS].filter(({ name }) => names.test(name)).map(({ path }) => path);
    if (paths.length === 0) return;
    await forMutants(paths, tried(numRuns), expectValid);
  });
});

const DAMAGED = join(FIXTURES, "damaged");

describe("a damaged trace", () => {
  const names = readdirSync(DAMAGED).filter((name) => isFormat1({ path: join(DAMAGED, name) }));
  it.each(names)("is valid as far as it is given: %s", async (name) => {
    await expectValid(readFileSync(join(DAMAGED, name)));
  });
});

async function expectValid(bytes: Uint8Array): Promise<void> {
  expect((await readDamaged(bytes)).problems).toEqual([]);
}

/** Reads bytes of which anything may be wrong, also the header. */
async function readDamaged(
  bytes: Uint8Array,
): Promise<{ error: TraceError | undefined; problems: readonly string[] }> {
  const validator = new Validator({ isFormat1: true });
  const trace = await openBytes(bytes);
  const error = await readBlocks(trace, (block) => validator.block(block));
  return { error, problems: validator.problems };
}

/** The frequency that a trace tells, and where. */
async function frequencyOf(path: string): Promise<{ offset: number; frequency: number }> {
  let found = { offset: 0, frequency: 0 };
  const observe = (part: StoredPart) => {
    if (!isRun(part)) return;
    for (const line of runLines(part)) {
      const [, offset, frequency] = /^(\d+) Frequency freq=(\d+)/.exec(line) ?? [];
      if (offset !== undefined) found = { offset: Number(offset), frequency: Number(frequency) };
    }
  };
  await readBlocks(await openTraceFile(path, { observe }), () => {});
  return found;
}

/** The kinds of all events, and the time of the last one that is no sync event. */
async function kindsAndEnd(trace: Trace) {
  const kinds: number[] = [];
  let end = 0;
  let nsPerTick = 0;
  const error = await readBlocks(trace, (block) => {
    nsPerTick = block.generation?.nsPerTick ?? nsPerTick;
    for (let i = 0; i < block.length; i++) {
      kinds.push(block.kind[i] as number);
      if (block.kind[i] !== EventKind.Sync) end = block.time[i] as number;
    }
  });
  return { kinds, end, nsPerTick, error };
}
