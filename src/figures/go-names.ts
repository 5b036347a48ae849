import { STOP_KINDS, STOP_KINDS_1_21 } from "../event/stop-kinds.js";
import type { FigurePath } from "./catalogue.js";

/**
 * The runtime's own names, by group of figures. A limit on such a name is valid even if the trace lacks it.
 */
const GO_NAMES: Readonly<Record<string, readonly string[]>> = {
  block: [
    "",
    "unspecified",
    "forever",
    "network",
    "select",
    "sync.(*Cond).Wait",
    "sync",
    "chan send",
    "chan receive",
    "GC mark assist wait for work",
    "GC background sweeper wait",
    "system goroutine wait",
    "preempted",
    "wait for debug call",
    "wait until GC ends",
    "sleep",
    "GC weak to strong wait",
    "synctest",
  ],
  "gc.stw": [...STOP_KINDS, ...STOP_KINDS_1_21],
};

/** Whether some release of Go has this reason of waiting or kind of stop-the-world. */
export function isGoName(group: FigurePath, name: string): boolean {
  return GO_NAMES[group.join(".")]?.includes(name) === true;
}
