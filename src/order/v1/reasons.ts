import type { WireStrings } from "../../wire/string-table.js";
import { wireType } from "../../wire/v1/spec.js";

/** The reason why a goroutine stops or waits, in the words of Go's tools, by event. */
const REASONS: Readonly<Record<string, string>> = {
  GoStop: "forever",
  GoSched: "runtime.Gosched",
  GoPreempt: "preempted",
  GoSleep: "sleep",
  GoBlock: "",
  GoBlockSend: "chan send",
  GoBlockRecv: "chan receive",
  GoBlockSelect: "select",
  GoBlockSync: "sync",
  GoBlockCond: "sync.(*Cond).Wait",
  GoBlockNet: "network",
  GoBlockGC: "GC mark assist wait for work",
};

/** The index of each type's reason in a trace's strings. Adds the reasons to the strings. */
export function reasonIndices(strings: WireStrings): Int32Array {
  const indices = new Int32Array(64);
  for (const [event, reason] of Object.entries(REASONS)) indices[wireType(event)] = strings.indexOf(reason);
  return indices;
}
