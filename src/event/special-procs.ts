/**
 * Numbers in place of a P's id in traces before Go 1.22, where Go's tools show an event apart from the P that
 * wrote it.
 */
export const SpecialProc = {
  /** A timer wakes a goroutine. */
  Timer: 1_000_001,
  /** The network wakes a goroutine. */
  Netpoll: 1_000_002,
  /** A system call ends after its P was lost. */
  Syscall: 1_000_003,
  /** A GC begins. */
  Gc: 1_000_004,
} as const;
