import { once } from "node:events";
import { createServer } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";

/** Whoever listens here may use the port from which the public viewer fetches traces. */
const LOCK = 9002;
const AGAIN = 100;
/** Milliseconds that waiting for it may take: as long as all tests with `open`. */
export const WAIT = 900_000;

/**
 * Waits until no other test runs `open`: its server wants one certain port, and behaves otherwise when that is taken.
 * The system releases it if the process dies.
 * @returns what releases it
 */
export async function takeViewerPort(): Promise<() => Promise<void>> {
  for (;;) {
    const lock = createServer().listen(LOCK, "127.0.0.1");
    const isOurs = await once(lock, "listening").then(
      () => true,
      () => false,
    );
    if (isOurs) return () => new Promise((resolve) => void lock.close(() => resolve()));
    await sleep(AGAIN);
  }
}
