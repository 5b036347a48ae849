/** Ends captures that are under way. What has arrived is kept. */
const captures = new Set<() => void>();
/** Ends work that must end before the process does. */
const stops = new Set<() => Promise<void>>();

/** Makes the first Ctrl-C end a capture instead of the process. @returns a function to call when the capture is over */
export function onInterruption(end: () => void): () => void {
  captures.add(end);
  return () => captures.delete(end);
}

/** Ends all captures. @returns whether there were any; without one, there is nothing to keep */
export function endCaptures(): boolean {
  const ends = [...captures];
  captures.clear();
  for (const end of ends) end();
  return ends.length > 0;
}

/** Calls `stop` before a signal ends the process. @param stop must not throw @returns a function that cancels this */
export function onStop(stop: () => Promise<void>): () => void {
  stops.add(stop);
  return () => stops.delete(stop);
}

/** Ends everything that `onStop` has been told of. */
export async function stopAll(): Promise<void> {
  await Promise.all([...stops].map((stop) => stop()));
}
