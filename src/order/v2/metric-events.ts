import { MOST_PROCS, NONE } from "../../base/ids.js";
import { EventKind } from "../../event/kind.js";
import { type Emulator, type Handler, Need, Verdict } from "./emulator.js";

export const heapAlloc: Handler = (e) => heapMetric(e, EventKind.HeapAlloc);
export const heapGoal: Handler = (e) => heapMetric(e, EventKind.HeapGoal);

function heapMetric(e: Emulator, kind: EventKind): Verdict {
  e.require(Need.Must, Need.May);
  const i = e.emit(kind, NONE);
  e.block.value[i] = e.args[0] as number;
  e.block.value2[i] = e.raw.beyond;
  return Verdict.Advanced;
}

export const procsChange: Handler = (e) => {
  e.require(Need.Must, Need.Must);
  if ((e.args[0] as number) > MOST_PROCS) {
    e.diagnostics.add("dropped-events", 1, "ProcsChange");
    return Verdict.Advanced;
  }
  const i = e.emit(EventKind.ProcsChange, NONE);
  e.block.value[i] = e.args[0] as number;
  e.block.value2[i] = 0;
  e.block.stack[i] = e.stack(1);
  return Verdict.Advanced;
};

/** Allocation events of the AllocFree experiment. */
export const allocFree: Handler = (e) => {
  e.require(Need.May, Need.May);
  const { spec } = e.raw;
  const i = e.emit(spec.kind as EventKind, e.args[0] as number);
  if (spec.args.length > 1) e.block.value[i] = e.args[1] as number;
  if (spec.args.length > 2) e.block.value2[i] = e.args[2] as number;
  return Verdict.Advanced;
};
