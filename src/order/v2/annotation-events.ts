import { BACKGROUND_TASK, NONE } from "../../base/ids.js";
import { EventKind, RegionMatch } from "../../event/kind.js";
import { endRegion } from "../open-regions.js";
import { type Emulator, type Handler, Need, Verdict } from "./emulator.js";

/**
 * A task may end without a beginning in the trace, and may end twice. Only a second beginning is an error.
 */
export const taskBegin: Handler = (e) => {
  const task = e.args[0] as number;
  checkTask(e, task);
  if (e.tasks.has(task)) throw e.error("task-conflict", `task ${task} has begun already`);
  // On the wire, parent 0 means "none". Only regions imply the background task.
  const parent = e.args[1] === BACKGROUND_TASK ? NONE : (e.args[1] as number);
  const name = e.string(2);
  e.require(Need.Must, Need.Must);
  e.firstTask = Math.min(e.firstTask, task);
  e.tasks.set(task, { name: e.strings.text(name), parent });
  const i = e.emit(EventKind.TaskBegin, task);
  e.block.value[i] = parent;
  e.block.name[i] = name;
  e.block.stack[i] = e.stack(3);
  return Verdict.Advanced;
};

export const taskEnd: Handler = (e) => {
  const task = e.args[0] as number;
  checkTask(e, task);
  const begun = e.tasks.get(task);
  e.require(Need.Must, Need.Must);
  e.tasks.delete(task);
  const i = e.emit(EventKind.TaskEnd, task);
  e.block.value[i] = begun?.parent ?? NONE;
  e.block.value2[i] = begun === undefined && task >= e.firstTask ? 1 : 0;
  // The beginning may be in an earlier generation, whose strings are no longer loaded.
  e.block.name[i] = e.strings.indexOf(begun?.name ?? "");
  e.block.stack[i] = e.stack(1);
  return Verdict.Advanced;
};

/** The background task never begins and never ends, but Go's reader does not look at that. */
function checkTask(e: Emulator, task: number): void {
  if (e.report !== undefined && task === BACKGROUND_TASK)
    throw e.error("task-conflict", "the background task begins or ends");
}

export const regionBegin: Handler = (e) => {
  const regions = e.goroutines.regionsOf(requireGoroutine(e));
  const name = e.string(1);
  regions.begin(e.args[0] as number, e.strings.text(name));
  return emitRegion(e, EventKind.RegionBegin, name);
};

export const regionEnd: Handler = (e) => {
  const slot = requireGoroutine(e);
  const regions = e.goroutines.regionsOf(slot);
  const task = e.args[0] as number;
  // A cut generation lacks the names that are written at its end. The task may have begun in a generation
  // that has them.
  const isNamed = e.strings.ids.get(e.args[1] as number) >= 0 || e.report === undefined;
  const name = e.string(1);
  const text = e.strings.text(name);
  const within = regions.find(task, isNamed ? text : undefined);
  if (within !== 0 && regions.size > 0 && e.report === undefined)
    throw e.error("region-mismatch", `region "${text}" ends within region "${regions.innermost}"`);
  const innermost = regions.innermost;
  const begun = within >= 0 ? regions.end(within) : text;
  emitRegion(e, EventKind.RegionEnd, isNamed ? name : e.strings.indexOf(begun));
  const isOlder = within < 0 && e.goroutines.isCreated[slot] === 0;
  endRegion(e, isOlder ? RegionMatch.Older : within, innermost);
  return Verdict.Advanced;
};

function requireGoroutine(e: Emulator): number {
  e.require(Need.Must, Need.Must);
  const slot = e.goroutines.index.get(e.goroutine);
  if (slot < 0) throw e.error("unknown-resource", `goroutine ${e.goroutine} is not known`);
  return slot;
}

function emitRegion(e: Emulator, kind: EventKind, name: number): Verdict {
  const i = e.emit(kind, e.args[0] as number);
  e.block.name[i] = name;
  e.block.stack[i] = e.stack(2);
  return Verdict.Advanced;
}

export const userLog: Handler = (e) => {
  e.require(Need.Must, Need.Must);
  const i = e.emit(EventKind.Log, e.args[0] as number);
  e.block.name[i] = e.string(1);
  e.block.text[i] = e.string(2);
  e.block.stack[i] = e.stack(3);
  return Verdict.Advanced;
};

export const goLabel: Handler = (e) => {
  e.require(Need.Must, Need.Must);
  const i = e.emitGoroutine(EventKind.GoLabel, e.goroutine, e.threads.slot[e.context] as number);
  e.block.name[i] = e.string(0);
  return Verdict.Advanced;
};
