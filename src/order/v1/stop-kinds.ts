/** Why the world was stopped, by number, in Go 1.21. */
const KINDS: readonly string[] = [
  "",
  "GC mark termination",
  "GC sweep termination",
  "write heap dump",
  "goroutine profile",
  "goroutine profile cleanup",
  "all goroutine stack trace",
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
const SINCE_KINDS = 21;
const SINCE_NUMBER = 10;

/** Whether each P tells that it is stopped, and for mark termination only: before Go 1.10. */
export function stopsEveryProc(minor: number): boolean {
  return minor < SINCE_NUMBER;
}

/** Why the world was stopped. @param kind as the event tells it, if the format's version has it */
export function stopKind(minor: number, kind: number): string {
  if (minor >= SINCE_KINDS) return KINDS[kind] ?? "";
  const [, markTermination = "", sweepTermination = ""] = KINDS;
  if (stopsEveryProc(minor) || kind === 0) return markTermination;
  return kind === 1 ? sweepTermination : "";
}
