import { SINCE_NAMES, WIRE_EVENTS, wireArgs, wireType } from "./spec.js";

/** Types fit into the low six bits of an event's first byte. */
export const TYPE_MASK = 0x3f;
/** Position of the two bits that hold the number of arguments. */
export const COUNT_SHIFT = 6;
/** The value of those two bits if a length in bytes precedes the arguments. */
export const LONG_FORM = 3;

export const BATCH = wireType("Batch");
export const STRING = wireType("String");
export const STACK = wireType("Stack");
export const FREQUENCY = wireType("Frequency");
export const TIMER_GOROUTINE = wireType("TimerGoroutine");
export const GO_CREATE = wireType("GoCreate");
export const USER_LOG = wireType("UserLog");
export const CPU_SAMPLE = wireType("CPUSample");

/** Argument types that are ids of goroutines, threads and tasks. */
const IDS: ReadonlySet<string> = new Set(["g", "m", "task"]);

/** How a version of the format encodes events; columns are by type. */
export class EventForms {
  /** Varints of an event, including those before its arguments; −1 if the version lacks the event. */
  readonly varints = new Int8Array(TYPE_MASK + 1).fill(-1);
  /** Arguments of the events that are in a P's stream in order of time; −1 for all other events. */
  readonly args = new Int8Array(TYPE_MASK + 1).fill(-1);
  /** Bit `i` is set if argument `i` is an id that readers of the trace see. */
  readonly ids = new Uint8Array(TYPE_MASK + 1);
  /** Whether events have a global sequence number before their time, and stacks have only PCs. */
  readonly hasSequence: boolean;

  /** @param minor the format, by the N of its header `go 1.N trace` */
  constructor(minor: number) {
    this.hasSequence = minor < SINCE_NAMES;
    for (const { type, timed } of WIRE_EVENTS) {
      const args = wireArgs(type, minor);
      if (args === undefined) continue;
      this.ids[type] = args.reduce((bits, arg, i) => (IDS.has(arg.type) ? bits | (1 << i) : bits), 0);
      this.varints[type] = args.length + (timed ? this.leading : 0);
      // The P that reads a sample writes it into its own stream, later than it was taken.
      if (timed && type !== CPU_SAMPLE) this.args[type] = args.length;
    }
  }

  /** Varints before a timed event's arguments. */
  get leading(): number {
    return this.hasSequence ? 2 : 1;
  }

  /** Varints of an event in the short form, by the two bits of its first byte. */
  shortCount(bits: number): number {
    return bits + this.leading;
  }
}
