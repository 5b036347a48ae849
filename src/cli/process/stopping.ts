/** What has to end before the process does, when a signal ends it. */
const stops = new Set<() => Promise<void>>();

/** @param stop ends it; it must not throw. @returns what takes it back */
export function onStop(stop: () => Promise<void>): () => void {
  stops.add(stop);
  return () => stops.delete(stop);
}

/** Ends all of it. */
export async function stopAll(): Promise<void> {
  await Promise.all([...stops].map((stop) => stop()));
}
