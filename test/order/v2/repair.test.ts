import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import type { Diagnostics } from "../../../src/base/diagnostics.js";
import { TraceError } from "../../../src/base/errors.js";
import { EVENT_KINDS, EventKind } from "../../../src/event/kind.js";
import { WIRE_EVENTS } from "../../../src/wire/v2/spec.js";
import { WireStats } from "../../../src/wire/wire-stats.js";
import { fixtureTraces } from "../../support/corpus.js";
import fc from "../../support/properties.js";
import { openBytes, readBlocks } from "../../support/reading.js";
import { Validator } from "../../support/validator.js";

const HEADER = 16;
const SEED = 20_261_129;
const TRACES = fixtureTraces().filter(({ name }) =>
  /^(manygens-sync-go1.26|sync-go1.26|syscalls-go1.22)$/.test(name),
);

interface Reading {
  readonly error: TraceError | undefined;
  readonly diagnostics: Diagnostics;
  readonly problems: readonly string[];
  /** Events by the ordinal of their generation. */
  readonly generations: readonly number[];
  readonly given: ReadonlyMap<string, number>;
  readonly stored: ReadonlyMap<string, number>;
}

async function read(bytes: Uint8Array): Promise<Reading> {
  const stats = new WireStats();
  const trace = await openBytes(bytes, { observe: (part) => stats.part(part) });
  const validator = new Validator({ repairs: true });
  const generations: number[] = [];
  const given = new Map<string, number>();
  const error = await readBlocks(trace, (block) => {
    validator.block(block);
    for (let i = 0; i < block.length; i++) {
      const name = EVENT_KINDS[block.kind[i] as number]?.name ?? "";
      given.set(name, (given.get(name) ?? 0) + 1);
      if (block.kind[i] === EventKind.Sync) generations.push(0);
      else generations[generations.length - 1] = (generations.at(-1) ?? 0) + 1;
    }
  });
  const stored = new Map(stats.entries().map(({ name, count }) => [name, count]));
  return { error, diagnostics: trace.diagnostics, problems: validator.problems, generations, given, stored };
}

interface Stretch {
  readonly start: number;
  readonly end: number;
  readonly generation: number;
  readonly isEvents: boolean;
}

/** Where the batches of a trace are. */
async function batchesOf(bytes: Uint8Array): Promise<Stretch[]> {
  const found: Omit<Stretch, "end">[] = [];
  const observe = (part: { offset: number; generation?: number; thread?: number }) => {
    const { offset, generation = 0, thread = -1 } = part;
    found.push({ start: offset, generation, isEvents: thread >= 0 });
  };
  await readBlocks(await openBytes(bytes, { observe }), () => undefined);
  return found.map((each, i) => ({ ...each, end: found[i + 1]?.start ?? bytes.length }));
}

function joined(...parts: readonly Uint8Array[]): Uint8Array {
  return new Uint8Array(Buffer.concat(parts));
}

function without(bytes: Uint8Array, { start, end }: Stretch): Uint8Array {
  return joined(bytes.subarray(0, start), bytes.subarray(end));
}

function doubled(bytes: Uint8Array, { start, end }: Stretch): Uint8Array {
  return joined(bytes.subarray(0, end), bytes.subarray(start));
}

/** The wire events that become one of a kind, and what those of other kinds bring with them. */
function due(kind: string, { stored, diagnostics }: Reading): number {
  const kept = (names: readonly string[]) =>
    names.reduce(
      (sum, name) => sum + (stored.get(name) ?? 0) - (diagnostics.kinds("dropped-events").get(name) ?? 0),
      0,
    );
  const wire = WIRE_EVENTS.filter((event) => EVENT_KINDS[event.kind ?? -1]?.name === kind).map(
    ({ name }) => name,
  );
  const switches: Readonly<Record<string, readonly string[]>> = {
    GoStart: ["GoSwitch", "GoSwitchDestroy"],
    GoBlock: ["GoSwitch"],
    GoDestroy: ["GoSwitchDestroy"],
    CpuSample: ["CPUSample"],
  };
  return (
    kept([...wire, ...(switches[kind] ?? [])]) + (diagnostics.kinds("synthesized-events").get(kind) ?? 0)
  );
}

/** Kinds of which there are as many as stored, less what is dropped and more what is restated. */
const ACCOUNTED = EVENT_KINDS.map(({ name }) => name).filter(
  (name) => name !== "Sync" && name !== "ProcSteal",
);

function expectBalanced(reading: Reading): void {
  const given = ACCOUNTED.map((kind) => [kind, reading.given.get(kind) ?? 0]);
  expect(given).toEqual(ACCOUNTED.map((kind) => [kind, due(kind, reading)]));
}

/** The other generations have all their events, give or take what is counted. */
function expectOthersWhole(damaged: Reading, sound: Reading, generation: number): void {
  const { diagnostics } = damaged;
  const changed = diagnostics.count("synthesized-events") + diagnostics.count("dropped-events");
  expect(damaged.generations.length).toBe(sound.generations.length);
  sound.generations.forEach((events, i) => {
    if (i < generation) expect(damaged.generations[i]).toBe(events);
    if (i > generation) expect(Math.abs((damaged.generations[i] ?? 0) - events)).toBeLessThanOrEqual(changed);
  });
}

describe.each(TRACES)("damage to one batch: $name", ({ path }) => {
  const bytes = new Uint8Array(readFileSync(path));

  it("that is missing costs its events, and no generation beside its own", async () => {
    const sound = await read(bytes);
    expect(sound.problems).toEqual([]);
    const batches = await batchesOf(bytes);
    const first = batches[0]?.generation ?? 0;
    for (const batch of batches.filter(({ isEvents }) => isEvents).slice(0, 40)) {
      const damaged = await read(without(bytes, batch));
      expect(damaged.problems).toEqual([]);
      expectBalanced(damaged);
      expectOthersWhole(damaged, sound, batch.generation - first);
    }
  });

  it("that stands twice costs nothing", async () => {
    const sound = await read(bytes);
    for (const batch of (await batchesOf(bytes)).filter(({ isEvents }) => isEvents).slice(0, 12)) {
      const { diagnostics, given, problems } = await read(doubled(bytes, batch));
      expect(problems).toEqual([]);
      expect([...given]).toEqual([...sound.given]);
      expect(diagnostics.count("skipped-bytes")).toBeGreaterThan(0);
    }
  });

  it("that has text behind it costs nothing", async () => {
    const text = new TextEncoder().encode("2026/01/01 12:00:00 listening on :8080\n");
    const sound = await read(bytes);
    for (const { end } of (await batchesOf(bytes)).slice(0, 12)) {
      const { diagnostics, given } = await read(joined(bytes.subarray(0, end), text, bytes.subarray(end)));
      expect([...given]).toEqual([...sound.given]);
      expect(diagnostics.count("skipped-bytes")).toBe(text.length);
    }
  });

  it("that is one byte gives legal events, and the other generations", async () => {
    const sound = await read(bytes);
    const batches = await batchesOf(bytes);
    const first = batches[0]?.generation ?? 0;
    const place = fc.tuple(fc.noBias(fc.nat(bytes.length - HEADER - 1)), fc.integer({ min: 1, max: 255 }));
    await fc.assert(
      fc.asyncProperty(place, async ([at, mask]) => {
        const changed = bytes.slice();
        changed[HEADER + at] = (bytes[HEADER + at] as number) ^ mask;
        const damaged = await read(changed);
        expect(damaged.problems).toEqual([]);
        if (damaged.error !== undefined) expect(damaged.error).toBeInstanceOf(TraceError);
        const hit = batches.findLast(({ start }) => start <= HEADER + at)?.generation ?? first;
        damaged.generations.slice(0, hit - first).forEach((events, i) => {
          expect(events).toBe(sound.generations[i]);
        });
      }),
      { numRuns: 60, seed: SEED, endOnFailure: true },
    );
  });
});
