import type { StackFrame } from "../../event/tables.js";

/** What goroutines wait for. */
export const WaitKind = {
  /** Nothing that another goroutine has or does, as far as the reason says. */
  Other: 0,
  /** A mutex, also of `sync.RWMutex` and `sync.Once`. */
  Lock: 1,
  Send: 2,
  Receive: 3,
  Select: 4,
  WaitGroup: 5,
  Cond: 6,
  /** A semaphore of the runtime itself, for the GC or stop-the-world; the clock of a test; or the trace has no names that tell. */
  Runtime: 7,
} as const;
export type WaitKind = (typeof WaitKind)[keyof typeof WaitKind];

const KIND_OF_REASON: Readonly<Record<string, WaitKind>> = {
  "chan send": WaitKind.Send,
  "chan receive": WaitKind.Receive,
  select: WaitKind.Select,
  "sync.(*Cond).Wait": WaitKind.Cond,
  sync: WaitKind.Lock,
  // Go's sync profile has it too.
  synctest: WaitKind.Runtime,
};

const WAIT_GROUP = "sync.(*WaitGroup).Wait";
/** The innermost frame of waits of the runtime, and of traces without names. */
const UNTOLD = /^(runtime\.|0x)/;
/** Frames that may be above it. */
const SEMAPHORE = /^(runtime|sync)\./;

/** What a goroutine waits for, by the runtime's reason and the stack. */
export function waitKind(reason: string, frames: readonly StackFrame[]): WaitKind {
  const kind = KIND_OF_REASON[reason] ?? WaitKind.Other;
  if (kind !== WaitKind.Lock) return kind;
  if (frames[0] === undefined || UNTOLD.test(frames[0].func)) return WaitKind.Runtime;
  for (const { func } of frames) {
    if (func === WAIT_GROUP) return WaitKind.WaitGroup;
    if (!SEMAPHORE.test(func)) break;
  }
  return WaitKind.Lock;
}

/** What goroutines wait for that others may have: a token in a channel, or their turn. */
export const CONTESTED: ReadonlySet<number> = new Set([
  WaitKind.Send,
  WaitKind.Receive,
  WaitKind.Select,
  WaitKind.Cond,
]);
