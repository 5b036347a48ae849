/** How to end what is captured now, keeping what has arrived. */
const captures = new Set<() => void>();

/** Ends all captures. @returns whether there were any: if not, there is nothing to keep */
export function endCaptures(): boolean {
  const ends = [...captures];
  captures.clear();
  for (const end of ends) end();
  return ends.length > 0;
}

/** Has the first Ctrl-C end a capture instead of the process. @returns what is to be called when it is over */
export function onInterruption(end: () => void): () => void {
  captures.add(end);
  return () => captures.delete(end);
}
