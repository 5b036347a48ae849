import { expect, test } from "vitest";
import { EventBlock } from "../../src/event/block.js";
import { EventKind } from "../../src/event/kind.js";
import { Ranges } from "../../src/sched/ranges.js";
import { Edge } from "../../src/sched/state.js";

const K = EventKind;

test("a range is as old as it was when it is said again to be active, in each generation", () => {
  const found: string[] = [];
  const ranges = new Ranges({
    range: (name, subject, since, sinceEdge, until, edge) => {
      const cuts = [sinceEdge, edge].map((each) => (each === Edge.Cut ? "cut" : "seen"));
      found.push(`${ranges.names.names.text(name)} ${subject}: ${since}–${until} ${cuts.join()}`);
    },
  });
  const block = new EventBlock();
  const events = [
    [K.AssistActive, 7],
    [K.AssistBegin, 8],
    [K.SweepActive, 1],
    [K.GcBegin, 0],
    [K.AssistActive, 7],
    [K.AssistActive, 8],
    [K.SweepActive, 1],
    [K.GcActive, 0],
    [K.AssistEnd, 7],
    [K.AssistEnd, 8],
    [K.GcEnd, 0],
    // One whose beginning is nowhere.
    [K.AssistEnd, 9],
  ] as const;
  for (const [kind, subject] of events) {
    const i = block.length++;
    block.kind[i] = kind;
    block.subject[i] = subject;
    block.time[i] = 10 * (i + 1);
  }
  ranges.block(block);
  for (let i = 0; i < block.length; i++) ranges.event(block, i);
  ranges.finish(200);
  expect(found).toEqual([
    "GC mark assist 7: 0–90 cut,seen",
    "GC mark assist 8: 20–100 seen,seen",
    "GC concurrent mark phase -1: 40–110 seen,seen",
    "GC incremental sweep 1: 0–200 cut,cut",
  ]);
});
