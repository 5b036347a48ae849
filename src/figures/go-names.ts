import { STOP_KINDS, STOP_KINDS_1_21 } from "../event/stop-kinds.js";
import type { FigurePath } from "./catalogue.js";

/** The runtime's own names, by their group of figures: a limit on one is meant, also if a trace has nothing of it. */
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

/** Whether a release of Go has a reason of waiting or a kind of stop-the-world, also if a trace has none of it. */
export function isGoName(group: FigurePath, name: string): boolean {
  return GO_NAMES[group.join(".")]?.includes(name) === true;
}
