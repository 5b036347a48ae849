import { EventKind } from "../../event/kind.js";

/** The type of an argument. `value` and `seq` are plain numbers. */
export type ArgType =
  | "gen"
  | "seq"
  | "pstatus"
  | "gstatus"
  | "g"
  | "m"
  | "p"
  | "string"
  | "stack"
  | "value"
  | "task";

export interface WireArg {
  readonly name: string;
  readonly type: ArgType;
}

export interface WireEvent {
  /** The byte that starts the event. */
  readonly type: number;
  /** The runtime's name of the event. */
  readonly name: string;
  /** The varints after the type byte. A timed event's first one, the time delta, is not in the list. */
  readonly args: readonly WireArg[];
  /** Whether the event is in a thread's stream, with a time delta before its arguments. */
  readonly timed: boolean;
  /** First format version that has it. */
  readonly since: number;
  /** The kind of the ordered event; absent for structural events. */
  readonly kind?: EventKind;
  /** For an end, or a status of an open range: the event that begins the same range. */
  readonly begins?: string;
  /** The experiment of the event. Experiments are off unless GODEBUG enables them. */
  readonly experiment?: string;
}

const structural = (type: number, name: string, args = "", since = 22): WireEvent => ({
  type,
  name,
  args: parseArgs(args),
  timed: false,
  since,
});

const timed = (
  type: number,
  name: string,
  args: string,
  kind: EventKind,
  more: Partial<WireEvent> = {},
): WireEvent => ({ type, name, args: parseArgs(args), timed: true, since: 22, kind, ...more });

/** `"g seq stack:new_stack"`: types. A name follows a type after a colon where it differs. */
function parseArgs(args: string): WireArg[] {
  return args
    .split(" ")
    .filter(Boolean)
    .map((arg) => {
      const [type, name] = arg.split(":") as [ArgType, string | undefined];
      return { type, name: name ?? type };
    });
}

const E = EventKind;
const assist = { begins: "GCMarkAssistBegin" };
const sweep = { begins: "GCSweepBegin" };
const alloc = { experiment: "AllocFree", since: 23 };

/**
 * The events of the format of Go 1.22 and later. This table drives the decoder, the dump and the tests.
 * Source: the runtime's `internal/trace/tracev2`.
 */
export const WIRE_EVENTS: readonly WireEvent[] = [
  structural(1, "EventBatch", "gen m value:time value:size"),
  structural(2, "Stacks"),
  structural(3, "Stack", "value:id value:nframes"),
  structural(4, "Strings"),
  structural(5, "String", "value:id value:size"),
  structural(6, "CPUSamples"),
  structural(7, "CPUSample", "value:time m p g stack"),
  structural(8, "Frequency", "value:freq"),

  timed(9, "ProcsChange", "value:procs stack", E.ProcsChange),
  timed(10, "ProcStart", "p seq:p_seq", E.ProcStart),
  timed(11, "ProcStop", "", E.ProcStop),
  timed(12, "ProcSteal", "p seq:p_seq m", E.ProcSteal),
  timed(13, "ProcStatus", "p pstatus", E.ProcStatus),

  timed(14, "GoCreate", "g:new_g stack:new_stack stack", E.GoCreate),
  timed(15, "GoCreateSyscall", "g:new_g", E.GoCreateSyscall),
  timed(16, "GoStart", "g seq:g_seq", E.GoStart),
  timed(17, "GoDestroy", "", E.GoDestroy),
  timed(18, "GoDestroySyscall", "", E.GoDestroySyscall),
  timed(19, "GoStop", "string:reason stack", E.GoStop),
  timed(20, "GoBlock", "string:reason stack", E.GoBlock),
  timed(21, "GoUnblock", "g seq:g_seq stack", E.GoUnblock),
  timed(22, "GoSyscallBegin", "seq:p_seq stack", E.GoSyscallBegin),
  timed(23, "GoSyscallEnd", "", E.GoSyscallEnd, { begins: "GoSyscallBegin" }),
  timed(24, "GoSyscallEndBlocked", "", E.GoSyscallEndBlocked, { begins: "GoSyscallBegin" }),
  timed(25, "GoStatus", "g m gstatus", E.GoStatus),

  timed(26, "STWBegin", "string:kind stack", E.StwBegin),
  timed(27, "STWEnd", "", E.StwEnd, { begins: "STWBegin" }),

  timed(28, "GCActive", "seq:gc_seq", E.GcActive, { begins: "GCBegin" }),
  timed(29, "GCBegin", "seq:gc_seq stack", E.GcBegin),
  timed(30, "GCEnd", "seq:gc_seq", E.GcEnd, { begins: "GCBegin" }),
  timed(31, "GCSweepActive", "p", E.SweepActive, sweep),
  timed(32, "GCSweepBegin", "stack", E.SweepBegin),
  timed(33, "GCSweepEnd", "value:swept value:reclaimed", E.SweepEnd, sweep),
  timed(34, "GCMarkAssistActive", "g", E.AssistActive, assist),
  timed(35, "GCMarkAssistBegin", "stack", E.AssistBegin),
  timed(36, "GCMarkAssistEnd", "", E.AssistEnd, assist),
  timed(37, "HeapAlloc", "value:heapalloc", E.HeapAlloc),
  timed(38, "HeapGoal", "value:heapgoal", E.HeapGoal),

  timed(39, "GoLabel", "string:label", E.GoLabel),
  timed(40, "UserTaskBegin", "task task:parent_task string:name stack", E.TaskBegin),
  timed(41, "UserTaskEnd", "task stack", E.TaskEnd),
  timed(42, "UserRegionBegin", "task string:name stack", E.RegionBegin),
  timed(43, "UserRegionEnd", "task string:name stack", E.RegionEnd, { begins: "UserRegionBegin" }),
  timed(44, "UserLog", "task string:key string:value stack", E.Log),

  timed(45, "GoSwitch", "g seq:g_seq", E.GoSwitch, { since: 23 }),
  timed(46, "GoSwitchDestroy", "g seq:g_seq", E.GoSwitch, { since: 23 }),
  timed(47, "GoCreateBlocked", "g:new_g stack:new_stack stack", E.GoCreateBlocked, { since: 23 }),
  timed(48, "GoStatusStack", "g m gstatus stack", E.GoStatus, { since: 23 }),
  structural(49, "ExperimentalBatch", "value:exp gen m value:time value:size", 23),

  structural(50, "Sync", "", 25),
  structural(51, "ClockSnapshot", "value:dt value:mono value:sec value:nsec", 25),
  structural(52, "EndOfGeneration", "", 26),

  timed(128, "Span", "value:id value:npages value:kindclass", E.Span, alloc),
  timed(129, "SpanAlloc", "value:id value:npages value:kindclass", E.SpanAlloc, alloc),
  timed(130, "SpanFree", "value:id", E.SpanFree, alloc),
  timed(131, "HeapObject", "value:id value:type", E.HeapObject, alloc),
  timed(132, "HeapObjectAlloc", "value:id value:type", E.HeapObjectAlloc, alloc),
  timed(133, "HeapObjectFree", "value:id", E.HeapObjectFree, alloc),
  timed(134, "GoroutineStack", "value:id value:order", E.GoroutineStack, alloc),
  timed(135, "GoroutineStackAlloc", "value:id value:order", E.GoroutineStackAlloc, alloc),
  timed(136, "GoroutineStackFree", "value:id", E.GoroutineStackFree, alloc),
];

const byType: (WireEvent | undefined)[] = [];
for (const event of WIRE_EVENTS) byType[event.type] = event;

/** The event of a type byte, if there is one. */
export function wireEvent(type: number): WireEvent | undefined {
  return byType[type];
}

/** The type byte of an event. */
export function wireType(name: string): number {
  const event = WIRE_EVENTS.find((candidate) => candidate.name === name);
  if (event === undefined) throw new Error(`no wire event ${name}`);
  return event.type;
}

/** The name of an event for messages, even if its type does not exist. */
export function wireName(type: number): string {
  return byType[type]?.name ?? `unknown event ${type}`;
}

/** Limits of the runtime. They are checked before anything is allocated. */
export const LIMITS = {
  /** Bytes of a batch's data. */
  batch: 64 << 10,
  /** Bytes of a string. */
  string: 1 << 10,
  /** Frames of a stack. */
  frames: 128,
} as const;
