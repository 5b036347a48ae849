import type { Interning } from "./interning.js";

/** Numbers of the names, categories and annotations that the timeline's events have. */
export type TimelineNames = ReturnType<typeof timelineNames>;

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
      region: category("go.region"),
      log: category("go.log"),
      gc: category("go.gc"),
      proc: category("go.proc"),
      task: category("task"),
    },
    goroutine: annotation("goroutine"),
    by: annotation("by"),
    unblockedBy: annotation("unblocked by"),
    waiting: name("waiting"),
    syscall: name("syscall"),
    unblock: name("unblock"),
    go: name("go"),
    started: name("started"),
    resumed: name("unblocked"),
    end: name("end"),
    assist: name("GC mark assist"),
    sweep: name("GC sweep"),
    newTask: name("new task"),
    procStart: name("start"),
    procStop: name("stop"),
    procSteal: name("stolen"),
  };
}
