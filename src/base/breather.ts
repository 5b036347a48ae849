/*
 * Node delivers signals only when the event loop has a turn. A worker thread would allow that too, but its
 * start makes a small trace take a tenth longer, and it would have to clean up its own output files.
 */

/** How long work continues, in milliseconds, before the event loop gets a turn. */
const STRETCH = 50;

let lastTurn = performance.now();

/**
 * Whether it is time to call {@link breathe}. It is cheap enough for every block of events, every batch and
 * every thousand steps of a loop, but not for every event.
 */
export function isBreathDue(): boolean {
  return performance.now() - lastTurn > STRETCH;
}

/**
 * Gives the event loop a turn, for signals, timers and I/O. Awaiting a fulfilled promise would not.
 */
export async function breathe(): Promise<void> {
  await new Promise<void>(afterTurn);
  lastTurn = performance.now();
}

/**
 * Calls back in the next turn: through `setImmediate` if available, else through the only other way without a
 * delay.
 */
function afterTurn(resume: () => void): void {
  if (typeof setImmediate === "function") setImmediate(resume);
  else {
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = () => {
      port1.close();
      resume();
    };
    port2.postMessage(undefined);
  }
}

/** Takes all steps of some work at once. @returns its result */
export function atOnce<T>(steps: Generator<void, T>): T {
  for (;;) {
    const step = steps.next();
    if (step.done) return step.value;
  }
}

/** Takes all steps of some work, with a turn of the event loop after each. @returns its result */
export async function inTurns<T>(steps: Generator<void, T>): Promise<T> {
  for (;;) {
    const step = steps.next();
    if (step.done) return step.value;
    await breathe();
  }
}
