/** Functions that end current captures. The captured bytes are kept. */
const captures = new Set<() => void>();
/** Functions that end work before the process ends. */
const stops = new Set<() => Promise<void>>();

/**
 * Makes the first Ctrl-C end a capture instead of the process.
 * @returns a function to call when the capture is over
 */
export function onInterruption(end: () => void): () => void {
  captures.add(end);
  return () => captures.delete(end);
}

/** Ends all captures. @returns whether there were any; if not, there is nothing to keep */
export function endCaptures(): boolean {
  const ends = [...captures];
  captures.clear();
  for (const end of ends) end();
  return ends.length > 0;
}

/**
 * Calls `stop` before a signal ends the process.
 * @param stop must not throw
 * @returns a function that cancels this
 */
export function onStop(stop: () => Promise<void>): () => void {
  stops.add(stop);
  return () => stops.delete(stop);
}

/** Ends everything registered with `onStop`. */
export async function stopAll(): Promise<void> {
  await Promise.all([...stops].map((stop) => stop()));
}
