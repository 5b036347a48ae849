import { expect, test } from "vitest";
import { SampleTable, Tally } from "../../../src/analysis/profile/sample-table.js";
import { StackNumbers } from "../../../src/analysis/profile/stack-numbers.js";
import type { Generation } from "../../../src/event/generation.js";
import type { StackFrame } from "../../../src/event/tables.js";
import fc from "../../support/properties.js";

const small = fc.integer({ min: -1, max: 40 });
const key = fc.tuple(fc.integer({ min: 1, max: 5 }), fc.nat(300), small, small, small, small);

test("a table sums up by key, as a Map does, through any number of rows", () => {
  fc.assert(
    fc.property(fc.array(fc.tuple(key, fc.nat(9), fc.nat(2 ** 31)), { maxLength: 3000 }), (samples) => {
      const table = new SampleTable();
      const expected = new Map<string, [number, number]>();
      for (const [each, count, delay] of samples) {
        table.add(table.row(...each), count, delay);
        const [counts, delays] = expected.get(String(each)) ?? [0, 0];
        expected.set(String(each), [counts + count, delays + delay]);
      }
      const rows = Array.from({ length: table.length }, (_, row) => {
        const { activity, count, delay, func, reason, region, stack, task } = table;
        const of = [activity, stack, func, reason, region, task].map((column) => column[row]);
        return [String(of), [count[row], delay[row]]] as const;
      });
      expect(new Map(rows)).toEqual(expected);
    }),
    { numRuns: 30 },
  );
});

test("a tally sums up by row, in the order in which rows came", () => {
  const tally = new Tally();
  for (const [row, delay] of [
    [7, 1],
    [3, 2],
    [7, 4],
  ] as const)
    tally.add(row, 1, delay);
  const rows: unknown[] = [];
  tally.forEach((...row) => {
    rows.push(row);
  });
  expect(rows).toEqual([
    [7, 2, 5],
    [3, 1, 2],
  ]);
});

const frame = (pc: number): StackFrame => ({ pc: BigInt(pc), func: `f${pc}`, file: "f.go", line: pc });

/** A generation with stacks only; the first is empty. */
function generationOf(stacks: readonly (readonly StackFrame[])[]): Generation {
  const all = [[], ...stacks];
  const table = { length: all.length, frames: (index: number) => all[index] ?? [], startFunction: () => "" };
  const strings = { length: 0, text: () => "" };
  return {
    number: 1,
    strings,
    stacks: table,
    nsPerTick: 1,
    clock: undefined,
    wallClock: undefined,
    complete: true,
    experimental: [],
  };
}

test("stacks of all generations have the same number if they have the same PCs, and keep their frames", () => {
  const stack = fc.array(fc.integer({ min: 1, max: 6 }), { maxLength: 6 });
  fc.assert(
    fc.property(fc.array(fc.array(stack, { maxLength: 20 }), { maxLength: 4 }), (generations) => {
      const numbers = new StackNumbers();
      const known = new Map<string, number>();
      for (const stacks of generations) {
        numbers.enter(generationOf(stacks.map((pcs) => pcs.map(frame))));
        stacks.forEach((pcs, index) => {
          const number = numbers.of(index + 1);
          expect(known.get(String(pcs)) ?? number).toBe(number);
          known.set(String(pcs), number);
          expect(numbers.frames(number)).toEqual(pcs.map(frame));
        });
      }
      expect(new Set(known.values()).size).toBe(known.size);
    }),
    { numRuns: 50 },
  );
});

test("outermost frames at address 0 are dropped", () => {
  const numbers = new StackNumbers();
  numbers.enter(generationOf([[frame(0)], [frame(5), frame(0)], [frame(5)], [frame(0), frame(5)]]));
  expect(numbers.of(1)).toBe(0);
  expect(numbers.of(2)).toBe(numbers.of(3));
  expect(numbers.frames(numbers.of(4))).toHaveLength(2);
});
