import { SliceName } from "../slice-names.js";
import type { Interning } from "./interning.js";
import { SYNC } from "./sync-waits.js";

/** Numbers of the names, categories and annotations of the timeline's events. */
export type TimelineNames = ReturnType<typeof timelineNames>;

/** Numbers of the annotation `cut` and its texts. */
export function cutNames(interning: Interning) {
  return {
    cut: interning.text("annotation", SliceName.Cut),
    noBeginning: interning.text("value", SliceName.NoBeginning),
    noEnd: interning.text("value", SliceName.NoEnd),
  };
}

/** Defines them. */
export function timelineNames(interning: Interning) {
  const name = (text: string) => interning.text("name", text);
  const category = (text: string) => interning.text("category", text);
  const annotation = (text: string) => interning.text("annotation", text);
  return {
    // Categories come first: their numbers must fit one byte.
    category: {
      wait: category("go.wait"),
      syscall: category("go.syscall"),
      unblock: category("go.unblock"),
      create: category("go.create"),
      state: category("go.state"),
      yield: category("go.yield"),
      region: category("go.region"),
      log: category("go.log"),
      gc: category("go.gc"),
      label: category("go.label"),
      proc: category("go.proc"),
      task: category("task"),
    },
    goroutine: annotation("goroutine"),
    unblockedBy: annotation("unblocked by"),
    proc: annotation("P"),
    thread: annotation("thread"),
    from: annotation("from"),
    stopped: annotation("stopped"),
    reason: annotation("reason"),
    sync: interning.text("value", SYNC),
    task: annotation("task"),
    stack: annotation(SliceName.Stack),
    endStack: annotation(SliceName.EndStack),
    swept: annotation("bytes swept"),
    reclaimed: annotation("bytes reclaimed"),
    // Slices that the beginning or end of the trace cuts.
    ...cutNames(interning),
    /** Only damaged traces need it. */
    get endedWithin() {
      return interning.text("value", SliceName.EndedWithin);
    },
    yields: annotation("yields"),
    waiting: name("waiting"),
    yielded: name("yielded"),
    wentOn: name("went on after yields"),
    syscall: name("syscall"),
    unblock: name("unblock"),
    go: name("go"),
    started: name("started"),
    notStarted: name("still runnable"),
    end: name("end"),
    assist: name(SliceName.Assist),
    sweep: name("GC sweep"),
    // The UI computes colours from names. "idle" alone would look like "syscall"; this one is pale.
    idle: name("proc idle"),
    stolen: name("stolen"),
    newTask: name("new task"),
  };
}
