/** What one thing that is made of an input may take. */
export const LIMITS = {
  /** Seconds of CPU time for each {@link LIMITS.bytes} of the input, and at least that much. */
  seconds: 1,
  bytes: 64 << 10,
  /** Bytes of memory over what the process has before. */
  memory: 256 << 20,
  /** Seconds on the clock for everything, after which nobody waits any more. The machine may be busy. */
  hang: 40,
} as const;

/** Seconds of CPU time that an input of a size may take. */
export function mostSeconds(bytes: number): number {
  return LIMITS.seconds * Math.max(1, bytes / LIMITS.bytes);
}

/** CPU time of this process so far. That of others, and waiting for them, is not in it. */
export function cpuSeconds(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1e6;
}

/** The most memory that this process ever had, in bytes. */
export function memoryPeak(): number {
  return process.resourceUsage().maxRSS * 1024;
}
