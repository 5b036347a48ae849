import { EventKind } from "../../event/kind.js";
import { wireEvent, wireType } from "../../wire/v2/spec.js";
import { type Emulator, GcPhase, type Handler, Need, Verdict } from "./emulator.js";
import type { OpenRange, Resources } from "./scheduler-state.js";

/** The kind of the event that ends each range, by the type byte of the begin event. */
const ENDS: Readonly<Record<number, EventKind>> = {
  [wireType("STWBegin")]: EventKind.StwEnd,
  [wireType("GCMarkAssistBegin")]: EventKind.AssistEnd,
  [wireType("GCSweepBegin")]: EventKind.SweepEnd,
};

/** The type byte of the begin event of each range event's range, by type byte. */
const BEGINS = Array.from({ length: 256 }, (_, type) => {
  const begins = wireEvent(type)?.begins;
  return begins === undefined ? type : wireType(begins);
});

function begin(e: Emulator, ranges: OpenRange[], text: string): void {
  const type = BEGINS[e.raw.type] as number;
  if (has(ranges, type, text)) throw e.error("range-mismatch", "the same range is already under way");
  ranges.push({ type, text });
}

/** A range that is active at the start of a generation: new in the first generation, known in later ones. */
function restate(e: Emulator, ranges: OpenRange[]): void {
  const type = BEGINS[e.raw.type] as number;
  if (e.isInitial) begin(e, ranges, "");
  else if (!has(ranges, type, "")) throw e.error("range-mismatch", "the range is not known to be under way");
}

/** Ends a range. Returns its text. */
function end(e: Emulator, ranges: OpenRange[]): string {
  const type = BEGINS[e.raw.type] as number;
  const found = ranges.findIndex((range) => range.type === type);
  if (found < 0) throw e.error("range-mismatch", "the range is not under way");
  const { text } = ranges[found] as OpenRange;
  // The order of the other ranges decides nothing; it matches Go's reader.
  const last = ranges.pop() as OpenRange;
  if (found < ranges.length) ranges[found] = last;
  return text;
}

function has(ranges: OpenRange[], type: number, text: string): boolean {
  return ranges.some((range) => range.type === type && range.text === text);
}

/** The ranges of the goroutine in the context. */
function goroutineRanges(e: Emulator): OpenRange[] {
  e.require(Need.Must, Need.Must);
  const slot = e.goroutines.index.get(e.goroutine);
  if (slot < 0) throw e.error("unknown-resource", `goroutine ${e.goroutine} is not known`);
  return e.goroutines.rangesOf(slot);
}

/** The ranges of the P in the context. */
function procRanges(e: Emulator): OpenRange[] {
  e.require(Need.Must, Need.May);
  const slot = e.procs.index.get(e.proc);
  if (slot < 0) throw e.error("unknown-resource", `P ${e.proc} is not known`);
  return e.procs.rangesOf(slot);
}

export const stwBegin: Handler = (e) => {
  const ranges = goroutineRanges(e);
  const kind = e.string(0);
  begin(e, ranges, e.strings.text(kind));
  const i = e.emit(EventKind.StwBegin, e.goroutine);
  e.block.name[i] = kind;
  e.block.stack[i] = e.stack(1);
  return Verdict.Advanced;
};

export const stwEnd: Handler = (e) => {
  const kind = end(e, goroutineRanges(e));
  e.block.name[e.emit(EventKind.StwEnd, e.goroutine)] = e.strings.indexOf(kind);
  return Verdict.Advanced;
};

export const assistBegin: Handler = (e) => {
  begin(e, goroutineRanges(e), "");
  e.block.stack[e.emit(EventKind.AssistBegin, e.goroutine)] = e.stack(0);
  return Verdict.Advanced;
};

/** For any goroutine, even one that does not run. */
export const assistActive: Handler = (e) => {
  const goroutine = e.args[0] as number;
  const slot = e.goroutines.index.get(goroutine);
  if (slot < 0) throw e.error("unknown-resource", `goroutine ${goroutine} is not known`);
  restate(e, e.goroutines.rangesOf(slot));
  e.emit(EventKind.AssistActive, goroutine);
  return Verdict.Advanced;
};

export const assistEnd: Handler = (e) => {
  end(e, goroutineRanges(e));
  e.emit(EventKind.AssistEnd, e.goroutine);
  return Verdict.Advanced;
};

export const sweepBegin: Handler = (e) => {
  begin(e, procRanges(e), "");
  e.block.stack[e.emit(EventKind.SweepBegin, e.proc)] = e.stack(0);
  return Verdict.Advanced;
};

export const sweepActive: Handler = (e) => {
  const proc = e.args[0] as number;
  const slot = e.procs.index.get(proc);
  if (slot < 0) throw e.error("unknown-resource", `P ${proc} is not known`);
  restate(e, e.procs.rangesOf(slot));
  e.emit(EventKind.SweepActive, proc);
  return Verdict.Advanced;
};

export const sweepEnd: Handler = (e) => {
  end(e, procRanges(e));
  const i = e.emit(EventKind.SweepEnd, e.proc);
  e.block.value[i] = e.args[0] as number;
  e.block.value2[i] = e.args[1] as number;
  return Verdict.Advanced;
};

// The mark phase may begin and end on different threads, so both events have sequence numbers.

export const gcActive: Handler = (e) => {
  const sequence = e.args[0] as number;
  if (e.isInitial) {
    if (e.gcPhase !== GcPhase.Undetermined)
      throw e.error("range-mismatch", "another event of the GC came before");
    return emitGc(e, EventKind.GcActive, sequence, GcPhase.Running);
  }
  if (sequence !== e.gcSequence + 1) return Verdict.NotYet;
  if (e.gcPhase !== GcPhase.Running) throw e.error("range-mismatch", "the GC is not running");
  e.require(Need.Must, Need.Must);
  return emitGc(e, EventKind.GcActive, sequence, GcPhase.Running);
};

export const gcBegin: Handler = (e) => {
  const sequence = e.args[0] as number;
  if (e.gcPhase !== GcPhase.Undetermined) {
    if (sequence !== e.gcSequence + 1) return Verdict.NotYet;
    if (e.gcPhase === GcPhase.Running) throw e.error("range-mismatch", "the GC is already running");
    e.require(Need.Must, Need.Must);
  }
  const verdict = emitGc(e, EventKind.GcBegin, sequence, GcPhase.Running);
  e.block.stack[e.block.length - 1] = e.stack(1);
  return verdict;
};

export const gcEnd: Handler = (e) => {
  const sequence = e.args[0] as number;
  if (sequence !== e.gcSequence + 1) return Verdict.NotYet;
  if (e.gcPhase !== GcPhase.Running) throw e.error("range-mismatch", "the GC is not running");
  e.require(Need.Must, Need.Must);
  return emitGc(e, EventKind.GcEnd, sequence, GcPhase.Off);
};

function emitGc(e: Emulator, kind: EventKind, sequence: number, phase: number): Verdict {
  e.gcSequence = sequence;
  e.gcPhase = phase;
  e.block.value[e.emit(kind, -1)] = sequence;
  return Verdict.Advanced;
}

/** Ends the open ranges of a goroutine or P whose end events are missing. */
export function endMissing(e: Emulator, resources: Resources, id: number): void {
  const slot = resources.index.get(id);
  if (!resources.hasRanges(slot)) return;
  e.enter(e.context, e.time);
  for (const { type, text } of resources.rangesOf(slot).splice(0)) {
    const i = e.emit(ENDS[type] as EventKind, id);
    e.block.name[i] = e.strings.indexOf(text);
    e.block.value[i] = 0;
    e.block.value2[i] = 0;
  }
}

/**
 * Begins a range whose begin event is missing.
 * @returns false if the range is already open, or its owner is unknown
 */
export function beginMissing(e: Emulator, resources: Resources, kind: EventKind): boolean {
  const id = e.args[0] as number;
  const slot = resources.index.get(id);
  const type = BEGINS[e.raw.type] as number;
  if (slot < 0 || has(resources.rangesOf(slot), type, "")) return false;
  if (e.isInitial) return true;
  e.enter(e.context, e.time);
  resources.rangesOf(slot).push({ type, text: "" });
  e.block.stack[e.emit(kind, id)] = 0;
  return true;
}

/** Sets the GC phase after the event with the sequence number. */
export function setGcPhase(e: Emulator, phase: number, sequence: number): void {
  e.enter(e.context, e.time);
  const ends = phase === GcPhase.Off && e.gcPhase === GcPhase.Running;
  const begins = phase === GcPhase.Running && e.gcPhase !== GcPhase.Running;
  if (ends) emitGc(e, EventKind.GcEnd, sequence, phase);
  if (begins) {
    emitGc(e, EventKind.GcBegin, sequence, phase);
    e.block.stack[e.block.length - 1] = 0;
  }
  e.gcPhase = phase;
  e.gcSequence = sequence;
}
