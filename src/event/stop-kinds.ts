/** Reasons for a stop-the-world, by number: `stwReasonStrings` in Go's runtime since Go 1.22. */
export const STOP_KINDS: readonly string[] = [
  "unknown",
  "GC mark termination",
  "GC sweep termination",
  "write heap dump",
  "goroutine profile",
  "goroutine profile cleanup",
  "all goroutines stack trace",
  "read mem stats",
  "AllThreadsSyscall",
  "GOMAXPROCS",
  "start trace",
  "stop trace",
  "CountPagesInUse (test)",
  "ReadMetricsSlow (test)",
  "ReadMemStatsSlow (test)",
  "PageCachePagesLeaked (test)",
  "ResetDebugLog (test)",
];

/** The same in Go 1.21, which spells one differently and has no name for the first. */
export const STOP_KINDS_1_21: readonly string[] = STOP_KINDS.map((kind, number) => {
  if (number === 0) return "";
  return kind === "all goroutines stack trace" ? "all goroutine stack trace" : kind;
});
