import { ByteWriter } from "../../src/bytes/writer.js";
import { concat } from "./proto-fields.js";
import type { Arg, Frame } from "./trace-builder.js";

/** Formats with one stream a P, by the N of their header `go 1.N trace`. */
export const V1_FORMATS = [5, 7, 8, 9, 10, 11, 19, 21] as const;

/** From this format on events carry no sequence number of their own, and the trace holds its symbols. */
const PER_GOROUTINE_SEQUENCES = 7;

/** Bits of the type byte that say that the length of the arguments follows, in bytes. */
const LENGTH_FOLLOWS = 3 << 6;

/** "No P" on the wire. */
export const NO_PROC = 2n ** 64n - 1n;

/** Arguments by the format since which they are these; what all timed events begin with is left out. */
type Layouts = Readonly<Record<number, string>>;

/**
 * Every event that a runtime from Go 1.5 to 1.21 writes: its type and its arguments, from the runtimes' sources. Written
 * anew for tests, so that a slip in the reader's table shows.
 */
const EVENTS: Readonly<Record<string, readonly [type: number, layouts: Layouts]>> = {
  Batch: [1, { 5: "p seq ticks", 7: "p ticks" }],
  Frequency: [2, { 5: "freq unused", 7: "freq" }],
  Stack: [3, { 5: "id size" }],
  Gomaxprocs: [4, { 5: "procs stack" }],
  ProcStart: [5, { 5: "thread" }],
  ProcStop: [6, { 5: "" }],
  GCStart: [7, { 5: "stack", 7: "seq stack" }],
  GCDone: [8, { 5: "" }],
  GCSTWStart: [9, { 5: "", 10: "kind" }],
  GCSTWDone: [10, { 5: "" }],
  GCSweepStart: [11, { 5: "stack" }],
  GCSweepDone: [12, { 5: "", 9: "swept reclaimed" }],
  GoCreate: [13, { 5: "g pc stack", 7: "g newstack stack" }],
  GoStart: [14, { 5: "g", 7: "g seq" }],
  GoEnd: [15, { 5: "" }],
  GoStop: [16, { 5: "stack" }],
  GoSched: [17, { 5: "stack" }],
  GoPreempt: [18, { 5: "stack" }],
  GoSleep: [19, { 5: "stack" }],
  GoBlock: [20, { 5: "stack" }],
  GoUnblock: [21, { 5: "g stack", 7: "g seq stack" }],
  GoBlockSend: [22, { 5: "stack" }],
  GoBlockRecv: [23, { 5: "stack" }],
  GoBlockSelect: [24, { 5: "stack" }],
  GoBlockSync: [25, { 5: "stack" }],
  GoBlockCond: [26, { 5: "stack" }],
  GoBlockNet: [27, { 5: "stack" }],
  GoSysCall: [28, { 5: "stack" }],
  GoSysExit: [29, { 5: "g seq ts" }],
  GoSysBlock: [30, { 5: "" }],
  GoWaiting: [31, { 5: "g" }],
  GoInSyscall: [32, { 5: "g" }],
  HeapAlloc: [33, { 5: "mem" }],
  HeapGoal: [34, { 5: "mem" }],
  TimerGoroutine: [35, { 5: "g unused", 7: "g" }],
  FutileWakeup: [36, { 5: "" }],
  String: [37, { 7: "id length" }],
  GoStartLocal: [38, { 7: "g" }],
  GoUnblockLocal: [39, { 7: "g stack" }],
  GoSysExitLocal: [40, { 7: "g ts" }],
  GoStartLabel: [41, { 8: "g seq label" }],
  GoBlockGC: [42, { 8: "stack" }],
  GCMarkAssistStart: [43, { 9: "stack" }],
  GCMarkAssistDone: [44, { 9: "" }],
  UserTaskCreate: [45, { 11: "task parent name stack" }],
  UserTaskEnd: [46, { 11: "task stack" }],
  UserRegion: [47, { 11: "task mode name stack" }],
  UserLog: [48, { 11: "task key stack" }],
  CPUSample: [49, { 19: "ts p g stack" }],
};

/** Events that have no time; their arguments are all that they have. */
const UNTIMED: ReadonlySet<string> = new Set(["Batch", "Frequency", "Stack", "TimerGoroutine", "String"]);

/** Names of all events, in the order of their types. */
export const V1_EVENT_NAMES: readonly string[] = Object.keys(EVENTS);

export function v1Type(name: string): number {
  const event = EVENTS[name];
  if (event === undefined) throw new Error(`format 1 has no event ${name}`);
  return event[0];
}

/** Names of an event's arguments in a format, deltas aside; undefined if the format has no such event. */
export function v1Arguments(minor: number, name: string): readonly string[] | undefined {
  const layouts = Object.entries(EVENTS[name]?.[1] ?? {}).filter(([since]) => Number(since) <= minor);
  return layouts[layouts.length - 1]?.[1].split(" ").filter(Boolean);
}

/** Whether an event has a time delta (before Go 1.7 also one of the sequence number) before its arguments. */
export function isTimedV1(name: string): boolean {
  return !UNTIMED.has(name);
}

/** Encodes events of one of the formats. */
export class V1Encoder {
  readonly minor: number;

  constructor(minor: number) {
    this.minor = minor;
  }

  /**
   * The bytes of an event.
   * @param args of a timed event the time delta first; before Go 1.7 the delta of the sequence number before that
   * @throws Error if the format has no such event, or another number of arguments
   */
  event(name: string, ...args: readonly Arg[]): Uint8Array {
    const known = v1Arguments(this.minor, name);
    const deltas = this.#deltas(name);
    if (known === undefined) throw new Error(`format 1.${this.minor} has no ${name}`);
    if (args.length !== known.length + deltas)
      throw new Error(`${name} has ${known.length} arguments in format 1.${this.minor}`);
    return this.raw(v1Type(name), args);
  }

  /** The bytes of an event of any type with any arguments, counted as the format does. */
  raw(type: number, args: readonly Arg[]): Uint8Array {
    const inline = this.minor < PER_GOROUTINE_SEQUENCES ? 2 : 1;
    const counted = args.length - inline;
    if (counted < 3) return eventBytes(type | (counted << 6), ...args);
    const data = varints(args);
    return concat([eventBytes(type | LENGTH_FOLLOWS, data.length), data]);
  }

  /** A log: its text follows the arguments. */
  log(args: readonly Arg[], text: string | Uint8Array): Uint8Array {
    const bytes = typeof text === "string" ? new TextEncoder().encode(text) : text;
    return concat([this.event("UserLog", ...args), varints([bytes.length]), bytes]);
  }

  string(id: Arg, text: string | Uint8Array): Uint8Array {
    const bytes = typeof text === "string" ? new TextEncoder().encode(text) : text;
    return concat([eventBytes(v1Type("String"), id, bytes.length), bytes]);
  }

  /** A stack; before Go 1.7 only the PCs of its frames are in the trace. */
  stack(id: Arg, frames: readonly Frame[]): Uint8Array {
    const isBare = this.minor < PER_GOROUTINE_SEQUENCES;
    const words = frames.flatMap(([pc, ...symbols]) => (isBare ? [pc] : [pc, ...symbols]));
    const data = varints([id, frames.length, ...words]);
    return concat([eventBytes(v1Type("Stack") | LENGTH_FOLLOWS, data.length), data]);
  }

  /** The beginning of a batch. @param sequence that of its first event; left out from Go 1.7 on */
  batch(proc: Arg, sequence: Arg, ticks: Arg): Uint8Array {
    const isOld = this.minor < PER_GOROUTINE_SEQUENCES;
    return eventBytes(v1Type("Batch") | (1 << 6), ...(isOld ? [proc, sequence, ticks] : [proc, ticks]));
  }

  frequency(ticksPerSecond: Arg): Uint8Array {
    return this.#footer("Frequency", ticksPerSecond);
  }

  timerGoroutine(goroutine: Arg): Uint8Array {
    return this.#footer("TimerGoroutine", goroutine);
  }

  #footer(name: string, value: Arg): Uint8Array {
    const isOld = this.minor < PER_GOROUTINE_SEQUENCES;
    return eventBytes(v1Type(name), value, ...(isOld ? [0] : []));
  }

  #deltas(name: string): number {
    if (!isTimedV1(name)) return 0;
    return this.minor < PER_GOROUTINE_SEQUENCES ? 2 : 1;
  }
}

/** Builds a made-up trace of format 1: its header and then whatever parts are added. */
export class V1TraceBuilder extends V1Encoder {
  readonly #parts: Uint8Array[];

  /** @param minor the format, by the N of its header `go 1.N trace` */
  constructor(minor = 11) {
    super(minor);
    this.#parts = [new TextEncoder().encode(`go 1.${minor} trace`.padEnd(16, "\0"))];
  }

  add(...parts: readonly Uint8Array[]): this {
    this.#parts.push(...parts);
    return this;
  }

  bytes(): Uint8Array {
    return concat(this.#parts);
  }
}

/** A type byte with a count of arguments, and numbers. */
function eventBytes(head: number, ...args: readonly Arg[]): Uint8Array {
  scratch.clear();
  scratch.byte(head);
  for (const arg of args) scratch.bigUvarint(BigInt(arg));
  return scratch.view().slice();
}

function varints(values: readonly Arg[]): Uint8Array {
  scratch.clear();
  for (const value of values) scratch.bigUvarint(BigInt(value));
  return scratch.view().slice();
}

const scratch = new ByteWriter();
