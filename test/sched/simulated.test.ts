import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { EVENT_KINDS } from "../../src/event/kind.js";
import type { SourceLine } from "../../src/event/symbolizer.js";
import { GO_KINDS } from "../support/go-text.js";
import { goSourceWith } from "../support/go-tool.js";
import { LIKE_GO, openBytes, readBlocks } from "../support/reading.js";
import { type Account, Observer, trueAccount } from "../support/simulator/observed.js";
import { simulatedSeeds } from "../support/simulator/seeds.js";
import { type SimulatedTrace, simulate } from "../support/simulator/simulator.js";
import { simulateV1 } from "../support/simulator/v1/simulator.js";
import { V1_FORMATS } from "../support/trace-v1-builder.js";
import { V1Validator } from "../support/validator-v1.js";

const SEEDS = simulatedSeeds(0, 329);
/** Reading one takes Go longer than all of them take us. */
const SEEDS_FOR_GO = SEEDS.slice(0, 16);

/** What our reader and model make of a trace. */
async function read(
  { bytes, isSkewed }: SimulatedTrace,
  symbols: ReadonlyMap<bigint, SourceLine> = new Map(),
): Promise<Account> {
  const observer = new Observer(!isSkewed);
  const symbolizer = { resolve: async () => symbols };
  const trace = await openBytes(bytes, { ...LIKE_GO, symbolizer });
  const error = await readBlocks(trace, (block) => observer.take(block));
  expect(error).toBeUndefined();
  return observer.account();
}

describe("what happened in a simulated program is what we read in its trace", () => {
  it.each(SEEDS)("seed %d,", async (seed) => {
    const trace = simulate(seed);
    const expected = trueAccount(trace.truth, !trace.isSkewed);
    const given = await read(trace);
    if (!trace.isSkewed) expect(given.events).toEqual(expected.events);
    expect(given.lives).toEqual(expected.lives);
    expect(given.procs).toEqual(expected.procs);
  });
});

/** For each of the formats. */
const V1_SEEDS = simulatedSeeds(0, 39);

describe.each(V1_FORMATS)("the same in format 1.%d:", (minor) => {
  it.each(V1_SEEDS)("seed %d,", async (seed) => {
    const trace = simulateV1(seed, minor);
    const expected = trueAccount(trace.truth, true);
    const given = await read(trace, trace.symbols);
    expect(given.events).toEqual(expected.events);
    expect(given.lives).toEqual(expected.lives);
    expect(given.procs).toEqual(expected.procs);
  });

  it.each(V1_SEEDS)("seed %d makes sense", async (seed) => {
    const validator = new V1Validator();
    const trace = await openBytes(simulateV1(seed, minor).bytes);
    expect(await readBlocks(trace, (block) => validator.block(block))).toBeUndefined();
    expect(validator.problems).toEqual([]);
  });
});

const EVENTS = "src/internal/trace/tracev2/events.go";
const go = goSourceWith(EVENTS, "simulated programs by Go's own reader");
const GO_NAMES = new Map(EVENT_KINDS.map(({ name, class: of }) => [name, GO_KINDS[of]]));
const HEAD = /^M=(\S+) P=(\S+) G=(\S+) (\w+) Time=(\d+)/;

/** What Go's own reader gives: time, kind and context of each event. @throws Error if it refuses the trace */
function readByGo({ bytes, truth }: SimulatedTrace, root: string): string[] {
  const folder = mkdtempSync(join(tmpdir(), "simulated-"));
  try {
    const path = join(folder, "trace");
    writeFileSync(path, bytes);
    const text = execFileSync(join(root, "bin/go"), ["tool", "trace", "-d=parsed", path], {
      env: { ...process.env, GOTOOLCHAIN: "local" },
      maxBuffer: 1 << 28,
      stdio: ["ignore", "pipe", "pipe"],
    }).toString();
    return text.split("\n").flatMap((line) => {
      const [, m, p, g, kind, time] = HEAD.exec(line) ?? [];
      return m === undefined ? [] : [`${Number(time) - truth.base} ${kind} M${m} P${p} G${g}`];
    });
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** The same of an account. */
function heads({ events }: Account): string[] {
  return events.map((line) => {
    const [time, kind = "", m, p, g] = line.split(" ");
    return `${time} ${GO_NAMES.get(kind)} ${m} ${p} ${g}`;
  });
}

describe.skipIf(go === undefined)("a simulated program's trace is one for Go's own reader", () => {
  const { root = "", minor = 0 } = go ?? {};
  it.each(SEEDS_FOR_GO.filter((seed) => simulate(seed).minor <= minor))("seed %d,", async (seed) => {
    const trace = simulate(seed);
    const known = trace.isSkewed ? await read(trace) : trueAccount(trace.truth, true);
    expect(readByGo(trace, root)).toEqual(heads(known));
  });
});
