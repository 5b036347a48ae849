import { wireType } from "../../wire/v1/spec.js";

/** A goroutine's status, as far as it decides the order. */
export const Status = { Dead: 0, Runnable: 1, Running: 2, Waiting: 3 } as const;

/** What an event does to its goroutine's sequence number. */
export const Sequence = {
  /** The number stays. */
  Keep: 0,
  /** The number rises by one. */
  Next: 1,
  /** The event states the number, which then rises by one. */
  Tell: 2,
  /** The number must be 1, and becomes 2: the goroutine was created when the trace began. */
  Second: 3,
} as const;

/** By type: whether the event must wait for a goroutine's status, or for a GC. */
export const Waits = { No: 0, Goroutine: 1, Gc: 2 } as const;

const TYPES = 64;
export const WAITS = new Uint8Array(TYPES);
/** The status of the goroutine required before the event, and its status after, by type. */
export const BEFORE = new Uint8Array(TYPES);
export const AFTER = new Uint8Array(TYPES);
export const SEQUENCE = new Uint8Array(TYPES);
/** Whether the event is about the goroutine in its first argument instead of the running one. */
export const IS_ARGUMENT = new Uint8Array(TYPES);

function transition(
  names: string,
  before: number,
  after: number,
  sequence: number,
  isArgument: boolean,
): void {
  for (const name of names.split(" ")) {
    const type = wireType(name);
    WAITS[type] = Waits.Goroutine;
    BEFORE[type] = before;
    AFTER[type] = after;
    SEQUENCE[type] = sequence;
    IS_ARGUMENT[type] = isArgument ? 1 : 0;
  }
}

const { Dead, Runnable, Running, Waiting } = Status;

// A "local" event follows the previous event of the goroutine's life on the same P, so it needs no number.
transition("GoCreate", Dead, Runnable, Sequence.Next, true);
transition("GoWaiting GoInSyscall", Runnable, Waiting, Sequence.Second, true);
transition("GoStart GoStartLabel", Runnable, Running, Sequence.Tell, true);
transition("GoStartLocal", Runnable, Running, Sequence.Next, true);
transition("GoUnblock GoSysExit", Waiting, Runnable, Sequence.Tell, true);
transition("GoUnblockLocal GoSysExitLocal", Waiting, Runnable, Sequence.Next, true);
transition("GoSched GoPreempt", Running, Runnable, Sequence.Keep, false);
transition("GoBlock GoBlockSend GoBlockRecv GoBlockSelect", Running, Waiting, Sequence.Keep, false);
transition("GoBlockSync GoBlockCond GoBlockNet GoBlockGC", Running, Waiting, Sequence.Keep, false);
transition("GoSleep GoSysBlock", Running, Waiting, Sequence.Keep, false);
WAITS[wireType("GCStart")] = Waits.Gc;
