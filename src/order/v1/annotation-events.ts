import { BACKGROUND_TASK, NONE } from "../../base/ids.js";
import { decodeUtf8 } from "../../base/utf8.js";
import { EventKind, RegionMatch } from "../../event/kind.js";
import { endRegion } from "../open-regions.js";
import type { Emulator, Handler } from "./emulator.js";

export const taskCreate: Handler = (e) => {
  const task = e.args[0] as number;
  checkTask(e, task);
  if (e.tasks.has(task)) throw e.error("task-conflict", `task ${task} has begun already`);
  // On the wire, parent 0 means "none".
  const parent = e.args[1] === 0 ? NONE : (e.args[1] as number);
  const name = e.string(2);
  e.firstTask = Math.min(e.firstTask, task);
  e.tasks.set(task, { name, parent });
  const i = e.emit(EventKind.TaskBegin, task);
  e.block.value[i] = parent;
  e.block.name[i] = name;
  e.block.stack[i] = e.stack(3);
};

export const taskEnd: Handler = (e) => {
  const task = e.args[0] as number;
  checkTask(e, task);
  const begun = e.tasks.get(task);
  e.tasks.delete(task);
  const i = e.emit(EventKind.TaskEnd, task);
  e.block.value[i] = begun?.parent ?? NONE;
  e.block.value2[i] = begun === undefined && task >= e.firstTask ? 1 : 0;
  e.block.name[i] = begun?.name ?? 0;
  e.block.stack[i] = e.stack(1);
};

/** The background task never begins and never ends, but Go's reader does not look at that. */
function checkTask(e: Emulator, task: number): void {
  if (e.salvages && task === BACKGROUND_TASK)
    throw e.error("task-conflict", "the background task begins or ends");
}

/** A region begins or ends. */
export const region: Handler = (e) => {
  const mode = e.args[1] as number;
  if (mode > 1) throw e.error("region-mismatch", `region mode ${mode} is neither begin nor end`);
  const task = e.args[0] as number;
  const name = e.string(2);
  const slot = e.goroutines.index.get(e.goroutine);
  if (slot < 0) throw e.error("unknown-resource", `goroutine ${e.goroutine} is not known`);
  const regions = e.goroutines.regionsOf(slot);
  const { strings } = e.trace;
  const innermost = regions.innermost;
  const within = mode === 1 ? regions.find(task, name) : RegionMatch.None;
  // Go's reader rejects that.
  if (mode === 1 && within !== 0 && innermost !== undefined && !e.salvages) {
    const text = `region "${strings.text(name)}" ends within region "${strings.text(innermost)}"`;
    throw e.error("region-mismatch", text);
  }
  const i = e.emit(mode === 0 ? EventKind.RegionBegin : EventKind.RegionEnd, task);
  e.block.name[i] = name;
  e.block.stack[i] = e.stack(3);
  if (mode === 0) {
    regions.begin(task, name);
    return;
  }
  if (within >= 0) regions.end(within);
  const isOlder = within < 0 && e.goroutines.isCreated[slot] === 0;
  endRegion(
    e,
    isOlder ? RegionMatch.Older : within,
    innermost === undefined ? undefined : strings.text(innermost),
  );
};

export const userLog: Handler = (e) => {
  const { bytes, textStart, textLength } = e.cursor;
  const text = decodeUtf8(bytes.subarray(textStart, textStart + textLength));
  const i = e.emit(EventKind.Log, e.args[0] as number);
  e.block.name[i] = e.string(1);
  e.block.text[i] = e.trace.strings.indexOf(text);
  e.block.stack[i] = e.stack(2);
};
