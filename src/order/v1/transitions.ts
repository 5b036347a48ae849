import { wireType } from "../../wire/v1/spec.js";

/** A goroutine's status as far as it decides about the order. */
export const Status = { Dead: 0, Runnable: 1, Running: 2, Waiting: 3 } as const;

/** What an event does to the sequence number of the goroutine that it is about. */
export const Sequence = {
  /** Nothing. */
  Keep: 0,
  /** It is one more. */
  Next: 1,
  /** The event tells it, and it is one more then. */
  Tell: 2,
  /** It must be 1, and is 2 then: the goroutine was created when the trace began. */
  Second: 3,
} as const;

/** By type: whether the event has to wait for a status of a goroutine, or for a GC. */
export const Waits = { No: 0, Goroutine: 1, Gc: 2 } as const;

const TYPES = 64;
export const WAITS = new Uint8Array(TYPES);
/** The status in which the goroutine must be before, and in which it is after, by type. */
export const BEFORE = new Uint8Array(TYPES);
export const AFTER = new Uint8Array(TYPES);
export const SEQUENCE = new Uint8Array(TYPES);
/** Whether it is the goroutine of the first argument, rather than the one that runs. */
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

// A "local" event follows on the same P as the one before it in the goroutine's life, and so needs no number.
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
