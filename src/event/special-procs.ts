/**
 * Numbers that stand in the place of a P's in traces before Go 1.22 where Go's tools show an event apart from the P on
 * which it was written.
 */
export const SpecialProc = {
  /** A timer wakes a goroutine. */
  Timer: 1_000_001,
  /** The network wakes a goroutine. */
  Netpoll: 1_000_002,
  /** A system call ends whose P was lost. */
  Syscall: 1_000_003,
  /** A GC begins. */
  Gc: 1_000_004,
} as const;
