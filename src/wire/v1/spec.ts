import { GREATEST_PROC } from "../../base/ids.js";
/** The type of an argument. `value` and `seq` are plain numbers. */
export type ArgType = "seq" | "g" | "m" | "p" | "string" | "stack" | "value" | "task";

export interface WireArg {
  readonly name: string;
  readonly type: ArgType;
}

/** An event's arguments since a version. */
export interface WireForm {
  /** First format version with this form, the N of the header `go 1.N trace`. */
  readonly since: number;
  /**
   * The varints after the time. Every timed event begins with the time, in formats before 1.7 with a sequence
   * number before it.
   */
  readonly args: readonly WireArg[];
}

export interface WireEvent {
  /** The low six bits of the byte that starts the event. */
  readonly type: number;
  /** The runtime's name of the event. */
  readonly name: string;
  /** The event's forms, oldest first. The first one's version is the first that has the event. */
  readonly forms: readonly WireForm[];
  /** Whether the event is in a P's stream, with a time before its arguments. */
  readonly timed: boolean;
}

const structural = (type: number, name: string, ...forms: string[]): WireEvent => ({
  type,
  name,
  forms: forms.map(parseForm),
  timed: false,
});

const timed = (type: number, name: string, ...forms: string[]): WireEvent => ({
  type,
  name,
  forms: forms.map(parseForm),
  timed: true,
});

/** `"7: g seq:g_seq"`: a version and types. A name follows a type after a colon where it differs. */
function parseForm(form: string): WireForm {
  const [since = "", args = ""] = form.split(/: ?(.*)/s);
  const parsed = args
    .split(" ")
    .filter(Boolean)
    .map((arg) => {
      const [type, name] = arg.split(":") as [ArgType, string | undefined];
      return { type, name: name ?? type };
    });
  return { since: Number(since), args: parsed };
}

/**
 * The events of the formats of Go 1.5 to 1.21. This table drives the decoder, the dump and the tests.
 * Sources: the runtime's `trace.go` and `internal/trace` of several releases.
 */
export const WIRE_EVENTS: readonly WireEvent[] = [
  structural(1, "Batch", "5: p seq value:ticks", "7: p value:ticks"),
  structural(2, "Frequency", "5: value:freq value:unused", "7: value:freq"),
  structural(3, "Stack", "5: value:id value:nframes"),
  timed(4, "Gomaxprocs", "5: value:procs stack"),
  timed(5, "ProcStart", "5: m:thread"),
  timed(6, "ProcStop", "5:"),
  timed(7, "GCStart", "5: stack", "7: seq:gc_seq stack"),
  timed(8, "GCDone", "5:"),
  timed(9, "STWStart", "5:", "10: value:kind"),
  timed(10, "STWDone", "5:"),
  timed(11, "GCSweepStart", "5: stack"),
  timed(12, "GCSweepDone", "5:", "9: value:swept value:reclaimed"),
  timed(13, "GoCreate", "5: g:new_g value:start_pc stack", "7: g:new_g stack:new_stack stack"),
  timed(14, "GoStart", "5: g", "7: g seq:g_seq"),
  timed(15, "GoEnd", "5:"),
  timed(16, "GoStop", "5: stack"),
  timed(17, "GoSched", "5: stack"),
  timed(18, "GoPreempt", "5: stack"),
  timed(19, "GoSleep", "5: stack"),
  timed(20, "GoBlock", "5: stack"),
  timed(21, "GoUnblock", "5: g stack", "7: g seq:g_seq stack"),
  timed(22, "GoBlockSend", "5: stack"),
  timed(23, "GoBlockRecv", "5: stack"),
  timed(24, "GoBlockSelect", "5: stack"),
  timed(25, "GoBlockSync", "5: stack"),
  timed(26, "GoBlockCond", "5: stack"),
  timed(27, "GoBlockNet", "5: stack"),
  timed(28, "GoSysCall", "5: stack"),
  timed(29, "GoSysExit", "5: g seq:g_seq value:ticks"),
  timed(30, "GoSysBlock", "5:"),
  timed(31, "GoWaiting", "5: g"),
  timed(32, "GoInSyscall", "5: g"),
  timed(33, "HeapAlloc", "5: value:heapalloc"),
  timed(34, "HeapGoal", "5: value:heapgoal"),
  structural(35, "TimerGoroutine", "5: g value:unused", "7: g"),
  timed(36, "FutileWakeup", "5:"),
  structural(37, "String", "7: value:id value:size"),
  timed(38, "GoStartLocal", "7: g"),
  timed(39, "GoUnblockLocal", "7: g stack"),
  timed(40, "GoSysExitLocal", "7: g value:ticks"),
  timed(41, "GoStartLabel", "8: g seq:g_seq string:label"),
  timed(42, "GoBlockGC", "8: stack"),
  timed(43, "GCMarkAssistStart", "9: stack"),
  timed(44, "GCMarkAssistDone", "9:"),
  timed(45, "UserTaskCreate", "11: task task:parent_task string:name stack"),
  timed(46, "UserTaskEnd", "11: task stack"),
  timed(47, "UserRegion", "11: task value:mode string:name stack"),
  timed(48, "UserLog", "11: task string:key stack"),
  timed(49, "CPUSample", "19: value:ticks p g stack"),
];

const byType: (WireEvent | undefined)[] = [];
for (const event of WIRE_EVENTS) byType[event.type] = event;

/** The event of a type, if there is one. */
export function wireEvent(type: number): WireEvent | undefined {
  return byType[type];
}

/** The type of an event. */
export function wireType(name: string): number {
  const event = WIRE_EVENTS.find((candidate) => candidate.name === name);
  if (event === undefined) throw new Error(`no wire event ${name}`);
  return event.type;
}

/** The name of an event for messages, even if its type does not exist. */
export function wireName(type: number): string {
  return byType[type]?.name ?? `unknown event ${type}`;
}

/** An event's arguments in a version of the format; undefined if the version lacks the event. */
export function wireArgs(type: number, minor: number): readonly WireArg[] | undefined {
  return byType[type]?.forms.filter(({ since }) => since <= minor).at(-1)?.args;
}

/** First version whose events have no global sequence number, and whose stacks have names. */
export const SINCE_NAMES = 7;

/** Limits of Go's own reader, except where noted. They are checked before anything is allocated. */
export const LIMITS = {
  /** Bytes of the arguments of an event that states their length. */
  event: 2048,
  /** Bytes of a string. */
  string: 1_000_000,
  /** Frames of a stack. */
  frames: 1000,
  /** Number of a P. */
  proc: GREATEST_PROC,
  /** Ps that have events. This limit is our own, and higher than any machine's number of processors. */
  procs: 2 ** 14,
} as const;
