/*
 * Repairs a trace that contradicts itself. A second pass reads the trace up to the contradiction without
 * output, and repairs it from there. This file says what each event needs. `repair-states.ts` establishes it
 * with legal events, so that sinks and models need no knowledge of repair. Sound traces are not repaired;
 * they pay for a few more comparisons. For every kind, events out = events stored − dropped + synthesized
 * (`Diagnostics.kinds`).
 */

import type { Diagnostics } from "../../base/diagnostics.js";
import { TraceError } from "../../base/errors.js";
import { GREATEST_ID, NONE } from "../../base/ids.js";
import type { EventBlock } from "../../event/block.js";
import { wireName, wireType } from "../../wire/v1/spec.js";
import type { Emulator, Handler } from "./emulator.js";
import { goSysExit, stopsWorld } from "./goroutine-events.js";
import { Assists } from "./goroutine-states.js";
import { isBeingTaken, streamsOf } from "./proc-events.js";
import { StateRepair } from "./repair-states.js";
import { assistDone, gcDone, stwDone, sweepDone } from "./runtime-events.js";
import { NO_GOROUTINE } from "./stream-cursor.js";
import { BEFORE, IS_ARGUMENT, Status, WAITS, Waits } from "./transitions.js";

/** Establishes what must hold before an event. Returns false if the event repeats what holds already. */
type Preparation = (states: StateRepair, e: Emulator) => boolean;

const PROC_START = wireType("ProcStart");
const GO_SYS_EXIT = "GoSysExit";
const NO_ARGS = new Float64Array(4);

/**
 * Emits the events of a broken trace. If an event contradicts earlier ones, events between are missing. The
 * repair synthesizes the missing steps (a goroutine becomes runnable, a P stops) and then emits the event. It
 * drops an event that makes no sense even then. It counts both.
 *
 * Before the first contradiction the repair changes nothing, so the converter reaches the place of the
 * failure without it.
 */
export class Repair {
  isActive = false;
  readonly #states: StateRepair;
  readonly #diagnostics: Diagnostics;

  constructor(diagnostics: Diagnostics) {
    this.#diagnostics = diagnostics;
    this.#states = new StateRepair(diagnostics);
  }

  /** Starts the repair here. Everything before was already emitted. */
  activate(block: EventBlock): void {
    if (this.isActive) return;
    this.isActive = true;
    block.length = 0;
  }

  /** Gives an event with an impossible time the next possible one. */
  clampTime(block: EventBlock): void {
    this.activate(block);
    this.#diagnostics.add("clamped-times");
  }

  /** Emits the event that the emulator has loaded. */
  event(e: Emulator, handler: Handler): void {
    const isOfNobody = IS_ARGUMENT[e.cursor.type] === 1 && e.args[0] === NO_GOROUTINE;
    if (isOfNobody || e.cursor.excessiveId !== undefined) {
      this.#drop(e, wireName(e.cursor.type));
      return;
    }
    const prepare = PREPARATIONS[e.cursor.type] ?? prepareOther;
    this.#give(e, handler, wireName(e.cursor.type), (states) => {
      const isNews = prepare(states, e);
      e.enter(e.cursor, e.stream, e.time);
      if (e.cursor.type === PROC_START) e.goroutine = NONE;
      return isNews;
    });
  }

  /** Emits the end of a system call of the current goroutine. */
  exit(e: Emulator): void {
    const { goroutine } = e;
    if (goroutine === NO_GOROUTINE || goroutine > GREATEST_ID) {
      this.#drop(e, GO_SYS_EXIT);
      return;
    }
    this.#give(e, goSysExit, GO_SYS_EXIT, (states) => {
      const isNews = states.awaitExit(e, goroutine);
      e.goroutine = goroutine;
      return isNews;
    });
  }

  #give(e: Emulator, handler: Handler, name: string, prepare: (states: StateRepair) => boolean): void {
    const states = this.#states;
    if (this.isActive ? prepare(states) : true) {
      if (this.#try(e, handler)) return;
      if (!this.isActive) {
        this.activate(e.block);
        e.lacksEvents = true;
        if (prepare(states) && this.#try(e, handler)) return;
      }
    }
    this.#drop(e, name);
  }

  #drop(e: Emulator, name: string): void {
    this.activate(e.block);
    e.lacksEvents = true;
    this.#diagnostics.add("dropped-events", 1, name);
  }

  /** Whether the handler took the event. If not, its output is removed. */
  #try(e: Emulator, handler: Handler): boolean {
    const before = e.block.length;
    try {
      handler(e);
    } catch (error) {
      if (!(error instanceof TraceError)) throw error;
      e.block.length = before;
      return false;
    }
    this.#states.follow(e.block, before);
    return true;
  }
}

const PREPARATIONS: readonly (Preparation | undefined)[] = (() => {
  const preparations: (Preparation | undefined)[] = new Array(64).fill(undefined);
  const set = (names: string, preparation: Preparation) => {
    for (const name of names.split(" ")) preparations[wireType(name)] = preparation;
  };
  set("ProcStart", (states, e) => {
    const thread = e.args[0] as number;
    states.vacate(e, e.stream, true);
    if (e.procRuns[e.stream] === 1) states.stopProc(e, e.stream);
    // A thread has one P. It has lost its other Ps, or loses them now; those Ps' own events show it.
    for (const stream of streamsOf(e, thread)) if (!isBeingTaken(e, stream)) states.stopProc(e, stream);
    return true;
  });
  set("ProcStop", (states, e) => {
    states.startProc(e, e.stream);
    states.vacate(e, e.stream, true);
    return true;
  });
  set("GoStart GoStartLocal GoStartLabel", (states, e) => {
    const goroutine = e.args[0] as number;
    states.makeRunnable(e, goroutine);
    states.vacate(e, e.stream);
    states.startProc(e, e.stream);
    return true;
  });
  set("GoWaiting GoInSyscall", (_restatement, e) => {
    const goroutine = e.args[0] as number;
    const slot = e.goroutines.index.get(goroutine);
    return slot >= 0 && (e.goroutines.isUnannounced[slot] === 1 || e.uncalled.has(goroutine));
  });
  set("GoSysExit GoSysExitLocal", (states, e) => states.awaitExit(e, e.args[0] as number));
  set("GoSysBlock", (states, e) => {
    const isThere = e.procGoroutine[e.stream] === e.cursor.goroutine;
    if (!isThere && !prepareOther(states, e)) return false;
    states.enterSyscall(e, e.stream);
    return true;
  });
  set("GoUnblock GoUnblockLocal", (states, e) => {
    const isNews = states.makeWaiting(e, e.args[0] as number);
    return prepareOther(states, e) && isNews;
  });
  set("GCStart", (states, e) => {
    if (e.gcRuns) states.count(gcDone, e);
    return prepareOther(states, e);
  });
  set("STWStart", (states, e) => {
    const isReady = prepareOther(states, e);
    if (e.stopped > 0 && e.procStopped[e.stream] === 1) states.count(stwDone, e);
    return isReady;
  });
  set("GCSweepStart", (states, e) => {
    const isReady = prepareOther(states, e);
    if (e.procSweeps[e.stream] === 1) states.count(sweepDone, e, NO_ARGS);
    return isReady;
  });
  set("GoEnd", (states, e) => {
    const isReady = prepareOther(states, e);
    const slot = e.goroutines.index.get(e.goroutine);
    if (slot >= 0 && e.goroutines.assists[slot] === Assists.Yes) states.count(assistDone, e);
    if (stopsWorld(e)) {
      e.stopped = 1;
      e.procStopped.fill(0);
      e.procStopped[e.stream] = 1;
      states.count(stwDone, e);
    }
    return isReady;
  });
  set("GCMarkAssistStart", (states, e) => {
    const isReady = prepareOther(states, e);
    const slot = e.goroutines.index.get(e.goroutine);
    if (slot >= 0 && e.goroutines.assists[slot] === Assists.Yes) states.count(assistDone, e);
    return isReady;
  });
  return preparations;
})();

const NEEDS_GOROUTINE = (() => {
  const needs = new Uint8Array(64);
  for (let type = 0; type < needs.length; type++)
    if (WAITS[type] === Waits.Goroutine && IS_ARGUMENT[type] === 0 && BEFORE[type] === Status.Running)
      needs[type] = 1;
  for (const name of ["GoEnd", "GoStop", "GoSysCall"]) needs[wireType(name)] = 1;
  return needs;
})();

/** An event on the goroutine that its P runs, or on none. */
function prepareOther(states: StateRepair, e: Emulator): boolean {
  const { goroutine } = e.cursor;
  if (goroutine === NO_GOROUTINE) {
    states.vacate(e, e.stream);
    e.enter(e.cursor, e.stream, e.time);
    return NEEDS_GOROUTINE[e.cursor.type] === 0;
  }
  states.makeRunning(e, goroutine, e.stream);
  e.enter(e.cursor, e.stream, e.time);
  return true;
}
