import { expect, test } from "vitest";
import type { ProfileStream } from "../../../src/analysis/profile/profile.js";
import { flameTree } from "../../../src/report/html/flame-tree.js";
import type { FlameNode } from "../../../src/report/html/page-data.js";

const LABELS = { goroutine: "", reason: "", region: "", task: "" };

/** A profile of stacks, each written from the outermost function inward, with its time. */
function profileOf(stacks: Readonly<Record<string, number>>): ProfileStream {
  const samples = Object.entries(stacks).map(([stack, time]) => ({
    stack: stack
      .split(" ")
      .reverse()
      .map((func) => ({ func, file: "", line: 1, pc: 0n })),
    values: [1, time],
    labels: LABELS,
  }));
  const type = { type: "trace", unit: "count" };
  return { kind: "wait", sampleTypes: [], periodType: type, period: 1, samples, duration: 1 };
}

/** The frames of a tree, each a line with its time. */
function lines(names: readonly string[], [name, value, children = []]: FlameNode, indent = ""): string[] {
  return [
    `${indent}${names[name]} ${value}`,
    ...children.flatMap((child) => lines(names, child, `${indent} `)),
  ];
}

const PROFILE = profileOf({ "a b": 5, "a c": 3, "a b d": 4, "e __proto__": 2, f: 1 });

test("stacks become frames, those with the most time first", () => {
  const { root, names, others, frames, total } = flameTree(PROFILE, "all", 100, 100);
  expect([frames, others, total]).toEqual([7, 0, 15]);
  expect(lines(names, root)).toEqual([
    "all 15",
    " a 12",
    "  b 9",
    "   d 4",
    "  c 3",
    " e 2",
    "  __proto__ 2",
    " f 1",
  ]);
});

test("frames beyond the limit are summed up, and counted", () => {
  const { root, names, others, frames } = flameTree(PROFILE, "all", 2, 100);
  expect([frames, others]).toEqual([2, 4]);
  expect(lines(names, root)).toEqual([
    "all 15",
    " a 12",
    "  b 9",
    "   (other: 1 function) 4",
    "  (other: 1 function) 3",
    " (other: 2 functions) 3",
  ]);
});
