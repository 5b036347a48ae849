import { MOST_PROCS, NONE } from "../../base/ids.js";
import { EventKind } from "../../event/kind.js";
import { SpecialProc } from "../../event/special-procs.js";
import { STOP_KINDS, STOP_KINDS_1_21 } from "../../event/stop-kinds.js";
import type { Emulator, Handler } from "./emulator.js";
import { announceRunnable } from "./goroutine-events.js";
import { Assists } from "./goroutine-states.js";

/** Formats before 1.7 have no sequence numbers. */
const BEFORE_SEQUENCES = 7;
/** Before this version, each P has its own stop event, and only for mark termination. */
const STOPS_ONCE = 10;
/** Since this version, an event has the reason for a stop-the-world. */
const STOP_KINDS_SINCE = 21;
const [, MARK_TERMINATION = "", SWEEP_TERMINATION = ""] = STOP_KINDS;

/**
 * The first GOMAXPROCS ends the description of the trace's start. It is emitted after the goroutines that are
 * known to be runnable by then. Go's tools omit it and give its time to those goroutines.
 */
export const gomaxprocs: Handler = (e) => {
  if (!e.isInitial) {
    changeProcs(e);
    return;
  }
  const { index, isUnannounced } = e.goroutines;
  e.isInitial = false;
  index.forEach((id, slot) => {
    if (isUnannounced[slot] === 1) e.unannounced.push(id);
  });
  e.unannounced.reverse();
  e.isAnnouncing = true;
};

/** Emits the next of the events that the first GOMAXPROCS causes. */
export function announceNext(e: Emulator): void {
  const id = e.unannounced.pop();
  if (id !== undefined) {
    announceRunnable(e, id);
    return;
  }
  e.isAnnouncing = false;
  changeProcs(e);
}

function changeProcs(e: Emulator): void {
  if ((e.args[0] as number) > MOST_PROCS) {
    e.diagnostics.add("dropped-events", 1, "Gomaxprocs");
    return;
  }
  const i = e.emit(EventKind.ProcsChange, NONE);
  e.block.value[i] = e.args[0] as number;
  e.block.value2[i] = 0;
  e.block.stack[i] = e.stack(1);
}

export const gcStart: Handler = (e) => {
  if (e.gcRuns) throw e.error("range-mismatch", "the GC is already running");
  e.gcRuns = true;
  e.moveTo(SpecialProc.Gc);
  const i = e.emit(EventKind.GcBegin, NONE);
  e.block.value[i] = ++e.gcSequence;
  e.block.stack[i] = e.stack(e.trace.minor < BEFORE_SEQUENCES ? 0 : 1);
};

/** Before Go 1.15 a trace may begin within a GC. Go's reader rejects that. */
export const gcDone: Handler = (e) => {
  if (!e.gcRuns && e.salvages && e.gcSequence === 0 && !e.lacksEvents) {
    const i = emitBefore(e, EventKind.GcActive, NONE);
    e.block.value[i] = ++e.gcSequence;
  } else if (!e.gcRuns) throw e.error("range-mismatch", "the GC is not running");
  e.gcRuns = false;
  e.block.value[e.emit(EventKind.GcEnd, NONE)] = ++e.gcSequence;
};

function stopsEveryProc(minor: number): boolean {
  return minor < STOPS_ONCE;
}

/** The reason for a stop-the-world. @param kind the event's argument, if the version has one */
function stopKind(minor: number, kind: number): string {
  if (minor >= STOP_KINDS_SINCE) return STOP_KINDS_1_21[kind] ?? "";
  if (stopsEveryProc(minor) || kind === 0) return MARK_TERMINATION;
  return kind === 1 ? SWEEP_TERMINATION : "";
}

/** The first P that stops begins it. Before Go 1.10 each P has an event of its own. */
export const stwStart: Handler = (e) => {
  const { minor, strings } = e.trace;
  if (stopsEveryProc(minor) ? e.procStopped[e.stream] === 1 : e.stopped > 0)
    throw e.error("range-mismatch", "the world is stopped already");
  e.procStopped[e.stream] = 1;
  if (e.stopped++ > 0) return;
  e.stopKind = strings.indexOf(stopKind(minor, e.args[0] as number));
  e.stopper = e.goroutine;
  const i = e.emit(EventKind.StwBegin, e.goroutine);
  e.block.name[i] = e.stopKind;
  e.block.stack[i] = 0;
};

export const stwDone: Handler = (e) => {
  if (stopsEveryProc(e.trace.minor) ? e.procStopped[e.stream] === 0 : e.stopped === 0)
    throw e.error("range-mismatch", "the world is not stopped");
  e.procStopped[e.stream] = 0;
  if (--e.stopped > 0) return;
  const subject = e.salvages ? e.stopper : e.goroutine;
  e.block.name[e.emit(EventKind.StwEnd, subject)] = e.stopKind;
};

export const sweepStart: Handler = (e) => {
  if (e.procSweeps[e.stream] === 1) throw e.error("range-mismatch", `P ${e.proc} sweeps already`);
  e.procSweeps[e.stream] = 1;
  e.block.stack[e.emit(EventKind.SweepBegin, e.proc)] = e.stack(0);
};

export const sweepDone: Handler = (e) => {
  if (e.procSweeps[e.stream] === 0) throw e.error("range-mismatch", `P ${e.proc} does not sweep`);
  e.procSweeps[e.stream] = 0;
  const i = e.emit(EventKind.SweepEnd, e.proc);
  const hasSums = e.trace.minor >= 9;
  e.block.value[i] = hasSums ? (e.args[0] as number) : 0;
  e.block.value2[i] = hasSums ? (e.args[1] as number) : 0;
};

export const assistStart: Handler = (e) => {
  const slot = e.goroutines.index.get(e.goroutine);
  if (slot < 0) throw e.error("unknown-resource", `goroutine ${e.goroutine} is not known`);
  if (e.goroutines.assists[slot] === Assists.Yes)
    throw e.error("range-mismatch", "the same range is already under way");
  e.goroutines.assists[slot] = Assists.Yes;
  e.block.stack[e.emit(EventKind.AssistBegin, e.goroutine)] = e.stack(0);
};

/** The assist may have begun before the trace. */
export const assistDone: Handler = (e) => {
  const slot = e.goroutines.index.get(e.goroutine);
  if (slot >= 0) {
    if (e.goroutines.assists[slot] === Assists.MayDo && !e.lacksEvents)
      emitBefore(e, EventKind.AssistActive, e.goroutine);
    e.goroutines.assists[slot] = Assists.No;
  }
  e.emit(EventKind.AssistEnd, e.goroutine);
};

/**
 * Emits the begin event of a range that began before the trace, just before the range's end.
 * @returns the event's index
 */
function emitBefore(e: Emulator, kind: EventKind, subject: number): number {
  e.time--;
  const i = e.emit(kind, subject);
  e.time++;
  return i;
}

export const heapAlloc: Handler = (e) => heapMetric(e, EventKind.HeapAlloc);
export const heapGoal: Handler = (e) => heapMetric(e, EventKind.HeapGoal);

function heapMetric(e: Emulator, kind: EventKind): void {
  const i = e.emit(kind, NONE);
  const value = e.args[0] as number;
  e.block.value[i] = value;
  e.block.value2[i] = e.cursor.data.beyond(value);
}
