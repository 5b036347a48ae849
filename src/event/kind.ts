import { GoState, ProcState } from "./states.js";

/**
 * The kinds of ordered events: one vocabulary for all trace formats. {@link EVENT_KINDS} describes the
 * columns of each.
 */
export const EventKind = {
  Sync: 0,
  GoStart: 1,
  GoStop: 2,
  GoBlock: 3,
  GoUnblock: 4,
  GoSyscallBegin: 5,
  GoSyscallEnd: 6,
  GoSyscallEndBlocked: 7,
  GoCreate: 8,
  GoCreateBlocked: 9,
  GoCreateSyscall: 10,
  GoDestroy: 11,
  GoDestroySyscall: 12,
  GoSwitch: 13,
  GoStatus: 14,
  GoSnapshot: 15,
  ProcStart: 16,
  ProcStop: 17,
  ProcSteal: 18,
  ProcStatus: 19,
  StwBegin: 20,
  StwEnd: 21,
  GcActive: 22,
  GcBegin: 23,
  GcEnd: 24,
  SweepActive: 25,
  SweepBegin: 26,
  SweepEnd: 27,
  AssistActive: 28,
  AssistBegin: 29,
  AssistEnd: 30,
  HeapAlloc: 31,
  HeapGoal: 32,
  ProcsChange: 33,
  GoLabel: 34,
  TaskBegin: 35,
  TaskEnd: 36,
  RegionBegin: 37,
  RegionEnd: 38,
  Log: 39,
  CpuSample: 40,
  Span: 41,
  SpanAlloc: 42,
  SpanFree: 43,
  HeapObject: 44,
  HeapObjectAlloc: 45,
  HeapObjectFree: 46,
  GoroutineStack: 47,
  GoroutineStackAlloc: 48,
  GoroutineStackFree: 49,
} as const;
export type EventKind = (typeof EventKind)[keyof typeof EventKind];

/** Classes of kinds. */
export type EventClass =
  | "sync"
  | "goroutine"
  | "proc"
  | "range-begin"
  | "range-active"
  | "range-end"
  | "metric"
  | "label"
  | "task-begin"
  | "task-end"
  | "region-begin"
  | "region-end"
  | "log"
  | "sample"
  | "experimental";

/** What a range covers. It decides the meaning of {@link EventBlock.subject}. */
export type RangeScope = "none" | "goroutine" | "proc";

export interface EventKindInfo {
  readonly name: string;
  readonly class: EventClass;
  /**
   * State before and after, for transitions where the kind alone decides; otherwise the columns have them.
   */
  readonly from?: number;
  readonly to?: number;
  /** Name of the range or metric, as in Go's tools. The kind of a stop-the-world is appended. */
  readonly label?: string;
  readonly scope?: RangeScope;
  /** Names of the columns `value` and `value2`, if the kind uses them. */
  readonly values?: readonly string[];
  /** Contents of the columns `name` and `text`, if the kind uses them. */
  readonly strings?: readonly string[];
  /** Whether the column `stack` holds a stack, and `subjectStack` that of a new goroutine. */
  readonly stacks?: 1 | 2;
}

const go = (name: string, from: GoState, to: GoState, more: Partial<EventKindInfo> = {}): EventKindInfo => ({
  name,
  class: "goroutine",
  from,
  to,
  ...more,
});

const range = (
  name: string,
  phase: "begin" | "active" | "end",
  label: string,
  scope: RangeScope,
  more: Partial<EventKindInfo> = {},
): EventKindInfo => ({ name, class: `range-${phase}`, label, scope, ...more });

const GC = "GC concurrent mark phase";
const SWEEP = "GC incremental sweep";
const ASSIST = "GC mark assist";
const STW = "stop-the-world";

/**
 * Every kind, by value. Columns of {@link EventBlock} that a kind does not use hold stale numbers.
 * `kind`, `time`, `thread`, `proc` and `goroutine` (the context before the event) are always valid.
 */
export const EVENT_KINDS: readonly EventKindInfo[] = [
  { name: "Sync", class: "sync", values: ["n"] },
  go("GoStart", GoState.Runnable, GoState.Running),
  go("GoStop", GoState.Running, GoState.Runnable, { strings: ["reason"], stacks: 1 }),
  go("GoBlock", GoState.Running, GoState.Waiting, { strings: ["reason"], stacks: 1 }),
  go("GoUnblock", GoState.Waiting, GoState.Runnable, { stacks: 1 }),
  go("GoSyscallBegin", GoState.Running, GoState.Syscall, { stacks: 1 }),
  go("GoSyscallEnd", GoState.Syscall, GoState.Running),
  go("GoSyscallEndBlocked", GoState.Syscall, GoState.Runnable),
  go("GoCreate", GoState.NotExist, GoState.Runnable, { stacks: 2 }),
  go("GoCreateBlocked", GoState.NotExist, GoState.Waiting, { stacks: 2 }),
  go("GoCreateSyscall", GoState.NotExist, GoState.Syscall),
  go("GoDestroy", GoState.Running, GoState.NotExist),
  go("GoDestroySyscall", GoState.Syscall, GoState.NotExist),
  go("GoSwitch", GoState.Waiting, GoState.Runnable),
  { name: "GoStatus", class: "goroutine", stacks: 1 },
  // The state of a goroutine where a part of a trace begins. If another goroutine made it runnable, that one
  // is the context, and `stack` is its stack. `task` is the task of the region in which the goroutine was
  // created; −1 means none.
  { name: "GoSnapshot", class: "goroutine", values: ["wake", "task"], strings: ["reason"], stacks: 2 },
  { name: "ProcStart", class: "proc", from: ProcState.Idle, to: ProcState.Running },
  { name: "ProcStop", class: "proc", from: ProcState.Running, to: ProcState.Idle },
  { name: "ProcSteal", class: "proc", values: ["thread"] },
  { name: "ProcStatus", class: "proc" },
  range("StwBegin", "begin", STW, "goroutine", { strings: ["kind"], stacks: 1 }),
  range("StwEnd", "end", STW, "goroutine", { strings: ["kind"] }),
  range("GcActive", "active", GC, "none", { values: ["seq"] }),
  range("GcBegin", "begin", GC, "none", { values: ["seq"], stacks: 1 }),
  range("GcEnd", "end", GC, "none", { values: ["seq"] }),
  range("SweepActive", "active", SWEEP, "proc"),
  range("SweepBegin", "begin", SWEEP, "proc", { stacks: 1 }),
  range("SweepEnd", "end", SWEEP, "proc", { values: ["bytes swept", "bytes reclaimed"] }),
  range("AssistActive", "active", ASSIST, "goroutine"),
  range("AssistBegin", "begin", ASSIST, "goroutine", { stacks: 1 }),
  range("AssistEnd", "end", ASSIST, "goroutine"),
  // The value2 of a metric is its exact value minus the double in `value`: see exactMetric.
  { name: "HeapAlloc", class: "metric", label: "/memory/classes/heap/objects:bytes", values: ["value"] },
  { name: "HeapGoal", class: "metric", label: "/gc/heap/goal:bytes", values: ["value"] },
  { name: "ProcsChange", class: "metric", label: "/sched/gomaxprocs:threads", values: ["value"], stacks: 1 },
  { name: "GoLabel", class: "label", strings: ["label"] },
  { name: "TaskBegin", class: "task-begin", values: ["parent"], strings: ["type"], stacks: 1 },
  // The value2 of a TaskEnd tells whether the task had ended before: see endsAgain.
  { name: "TaskEnd", class: "task-end", values: ["parent"], strings: ["type"], stacks: 1 },
  { name: "RegionBegin", class: "region-begin", strings: ["type"], stacks: 1 },
  { name: "RegionEnd", class: "region-end", strings: ["type"], stacks: 1 },
  { name: "Log", class: "log", strings: ["category", "message"], stacks: 1 },
  { name: "CpuSample", class: "sample", stacks: 1 },
  { name: "Span", class: "experimental", values: ["npages", "kindclass"] },
  { name: "SpanAlloc", class: "experimental", values: ["npages", "kindclass"] },
  { name: "SpanFree", class: "experimental" },
  { name: "HeapObject", class: "experimental", values: ["type"] },
  { name: "HeapObjectAlloc", class: "experimental", values: ["type"] },
  { name: "HeapObjectFree", class: "experimental" },
  { name: "GoroutineStack", class: "experimental", values: ["order"] },
  { name: "GoroutineStackAlloc", class: "experimental", values: ["order"] },
  { name: "GoroutineStackFree", class: "experimental" },
];

/** Every kind that passes a test, such as one of the functions below. */
export function kindsThat(test: (kind: EventKind) => boolean): readonly EventKind[] {
  return Object.values(EventKind).filter(test);
}

/** The column `value` of a `GoSnapshot`: how the goroutine became runnable. */
export const Wake = {
  /** It is not runnable, or no other goroutine made it runnable: for example, it yielded. */
  None: 0,
  Unblocked: 1,
  Created: 2,
  /** Its system call ended after its P was lost. */
  Returned: 3,
} as const;
export type Wake = (typeof Wake)[keyof typeof Wake];

/**
 * The column `value` of a `RegionEnd` has the number of regions that began within it and are still open. It
 * is more than 0 if a program ends its regions out of order. The values below have other meanings.
 */
export const RegionMatch = {
  /** The region may have begun before the trace. */
  Older: -1,
  /** The region never began: the trace has everything that its goroutine did. */
  None: -2,
} as const;

/** State before and after by kind, for transitions where the kind alone decides; otherwise 0. */
export const FROM_STATE = Uint8Array.from(EVENT_KINDS, ({ from }) => from ?? 0);
export const TO_STATE = Uint8Array.from(EVENT_KINDS, ({ to }) => to ?? 0);

/*
 * Related kinds have adjacent numbers. These functions test for them, so that no other code depends on the
 * numbers.
 */

/** Whether a kind is a transition of a goroutine whose states before and after it alone decides. */
export function isTransition(kind: number): boolean {
  return kind > EventKind.Sync && kind < EventKind.GoStatus;
}

/** Whether a kind begins a goroutine. */
export function isCreation(kind: number): boolean {
  return kind >= EventKind.GoCreate && kind <= EventKind.GoCreateSyscall;
}

/** Whether a kind is about the state of a goroutine or P. */
export function isScheduling(kind: number): boolean {
  return kind > EventKind.Sync && kind <= EventKind.ProcStatus;
}

/** Whether a kind is about the state of a P. */
export function isProc(kind: number): boolean {
  return kind >= EventKind.ProcStart && kind <= EventKind.ProcStatus;
}

/** Whether a kind is about a range: GC, stop-the-world, sweeping or mark assist. */
export function isRange(kind: number): boolean {
  return kind >= EventKind.StwBegin && kind <= EventKind.AssistEnd;
}

/** Whether a kind is about a range of the whole program: GC or stop-the-world. */
export function isProgramRange(kind: number): boolean {
  return kind >= EventKind.StwBegin && kind <= EventKind.GcEnd;
}

export function isGc(kind: number): boolean {
  return kind >= EventKind.GcActive && kind <= EventKind.GcEnd;
}

export function isSweep(kind: number): boolean {
  return kind >= EventKind.SweepActive && kind <= EventKind.SweepEnd;
}

export function isAssist(kind: number): boolean {
  return kind >= EventKind.AssistActive && kind <= EventKind.AssistEnd;
}

export function isMetric(kind: number): boolean {
  return kind >= EventKind.HeapAlloc && kind <= EventKind.ProcsChange;
}

/** Whether a kind is an annotation of the program: a task, region or log of `runtime/trace`. */
export function isUser(kind: number): boolean {
  return kind >= EventKind.TaskBegin && kind <= EventKind.Log;
}
