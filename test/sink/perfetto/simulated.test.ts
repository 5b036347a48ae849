// @module-tag long

import { describe, expect, it } from "vitest";
import { LONGEST_PAUSE } from "../../../src/sink/yield-pause.js";
import { haveTraceProcessor } from "../../support/perfetto-tools.js";
import { PerfettoOutput, type TrackSlice } from "../../support/simulator/perfetto-output.js";
import { simulatedSeeds } from "../../support/simulator/seeds.js";
import { simulate, simulateTurns } from "../../support/simulator/simulator.js";
import { TrueFigures } from "../../support/simulator/true-figures.js";
import { simulateV1 } from "../../support/simulator/v1/simulator.js";
import { V1_FORMATS } from "../../support/trace-v1-builder.js";

const haveEngine = await haveTraceProcessor("simulated programs by SQL");

/** Times of traces with differing clocks are uncertain. */
const SEEDS = simulatedSeeds(0, 24).filter((seed) => !simulate(seed).isSkewed);
const TURN_SEEDS = simulatedSeeds(64, 75);
const V1_SEEDS = simulatedSeeds(0, 23);
const NO_REASON = ["wait", "waiting"];

type Row = readonly (number | string)[];

function inOrder(rows: readonly Row[]): string[] {
  return rows.map((row) => row.join(" | ")).sort();
}

function byId(times: ReadonlyMap<number | string, number>): object {
  return Object.fromEntries(times);
}

const unnamed = ([on, name, ...rest]: TrackSlice): Row => [on, NO_REASON.includes(name) ? "" : name, ...rest];

/** Compares the scheduling tables. */
function compareScheduling(output: PerfettoOutput, figures: TrueFigures, end: number): void {
  expect(output.problems()).toEqual([]);
  expect(byId(output.stateTimes(end, "Running"))).toEqual(byId(figures.stateTimes("running", "syscall")));
  expect(byId(output.procTimes())).toEqual(byId(figures.procTimes()));
  expect(byId(output.stateTimes(end, "R", "R+"))).toEqual(byId(figures.stateTimes("runnable")));
  expect(byId(output.stateTimes(end, "D"))).toEqual(byId(figures.lostProcTimes()));
  expect(inOrder(output.onTracks("t.name in ('GC', 'Stop the world')"))).toEqual(inOrder(figures.stops()));
}

/** Compares the other tracks. */
function compareTracks(output: PerfettoOutput, figures: TrueFigures): void {
  expect(inOrder(output.ofGoroutines("go.wait").map(unnamed))).toEqual(inOrder(figures.waits()));
  expect(inOrder(output.ofGoroutines("go.syscall"))).toEqual(inOrder(figures.syscalls()));
  expect(inOrder(output.ofGoroutines("go.region", "go.gc"))).toEqual(inOrder(figures.nested()));
  expect(inOrder(output.ofGoroutines("go.log"))).toEqual(inOrder(figures.logs()));
  const tasks = output.onTracks("s.category = 'task' and s.name != 'new task'");
  expect(inOrder(tasks)).toEqual(inOrder(figures.tasks()));
  expect(inOrder(output.arrows())).toEqual(inOrder(figures.arrows()));
  expect(inOrder(output.samples())).toEqual(inOrder(figures.samples()));
  const { procs, threads } = figures.carrierTimes();
  expect(byId(output.carrierTimes("P[0-9]*", "G[0-9]*"))).toEqual(byId(procs));
  expect(byId(output.carrierTimes("M[0-9]*", "G[0-9]*"))).toEqual(byId(threads));
  expect(byId(output.carrierTimes("P[0-9]*", "proc idle"))).toEqual(byId(figures.idleTimes()));
  expect(byId(output.carrierTimes("P[0-9]*", "GC sweep"))).toEqual(byId(figures.sweepTimes()));
}

describe.skipIf(!haveEngine)("Perfetto shows what happened in a simulated program", () => {
  it.each(SEEDS)("seed %d,", async (seed) => {
    const { bytes, truth, minor } = simulate(seed);
    const figures = new TrueFigures(truth);
    const output = await PerfettoOutput.of(bytes, true);
    try {
      compareScheduling(output, figures, truth.end);
      compareTracks(output, figures);
      // The table of logs has wall-clock times, which traces have since Go 1.25.
      if (minor >= 25) expect(inOrder(output.logRows())).toEqual(inOrder(figures.logRows()));
    } finally {
      output.close();
    }
  });

  it.each(V1_SEEDS)("seed %d in format 1", async (seed) => {
    const { bytes, truth } = simulateV1(seed, V1_FORMATS[seed % V1_FORMATS.length] ?? 0);
    const figures = new TrueFigures(truth);
    const output = await PerfettoOutput.of(bytes, true);
    try {
      compareScheduling(output, figures, truth.end);
      compareTracks(output, figures);
    } finally {
      output.close();
    }
  });

  it.each(TURN_SEEDS)("seed %d, where goroutines yield and go on", async (seed) => {
    const { bytes, truth } = simulateTurns(seed);
    const figures = new TrueFigures(truth);
    const output = await PerfettoOutput.of(bytes, seed % 2 === 0, { lanes: "never" });
    try {
      expect(output.problems()).toEqual([]);
      expect(inOrder(output.runs(truth.end))).toEqual(inOrder(figures.shownRuns(LONGEST_PAUSE)));
      if (seed % 2 === 1) return;
      expect(inOrder(output.ofGoroutines("go.wait").map(unnamed))).toEqual(inOrder(figures.waits()));
      expect(inOrder(output.arrows())).toEqual(inOrder(figures.arrows()));
    } finally {
      output.close();
    }
  });

  it.each(SEEDS.slice(0, 12))("seed %d, where goroutines share rows", async (seed) => {
    const { bytes, truth } = simulate(seed);
    const figures = new TrueFigures(truth);
    const output = await PerfettoOutput.of(bytes, seed % 2 === 0, { lanes: "always", keepYields: true });
    try {
      expect(output.problems()).toEqual([]);
      // Goroutines without a start function have rows of their own.
      const lives = new Set(inOrder(figures.lives()));
      expect(inOrder(output.lives()).filter((life) => !lives.has(life))).toEqual([]);
      expect(inOrder(output.runs(truth.end))).toEqual(inOrder(figures.shownRuns(-1)));
    } finally {
      output.close();
    }
  });

  it.each(SEEDS.slice(0, 8))("seed %d, lean", async (seed) => {
    const { bytes, truth } = simulate(seed);
    const output = await PerfettoOutput.of(bytes, false);
    try {
      compareScheduling(output, new TrueFigures(truth), truth.end);
    } finally {
      output.close();
    }
  });
});
