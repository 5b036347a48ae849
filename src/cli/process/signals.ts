import { constants } from "node:os";
import type { ExitCode } from "./exit-codes.js";

/**
 * Ends work, and must not throw.
 * @returns the exit code if a signal is how the work ends; undefined if it was interrupted
 */
export type Stop = () => Promise<ExitCode | undefined>;

const SIGNALS = ["SIGINT", "SIGTERM", "SIGHUP"] as const;
export type Signal = (typeof SIGNALS)[number];

/** Functions that end current captures. The captured bytes are kept. */
const captures = new Set<() => void>();
/** Functions that end work before the process ends. */
const stops = new Set<Stop>();
/** What needs {@link handler}: such functions, and names of files that must not be left behind. */
const reasons = new Set<unknown>();
let handler: ((signal: Signal) => void) | undefined;

/**
 * Sets what a signal does while there is a reason. Without a reason the system ends the process, which it does at once,
 * also within a long computation.
 */
export function handleSignals(handle: (signal: Signal) => void): void {
  handler = handle;
}

/** Adds a reason to handle signals. */
export function hold(reason: unknown): void {
  if (reasons.size === 0 && handler !== undefined) for (const signal of SIGNALS) process.on(signal, handler);
  reasons.add(reason);
}

/** Removes it. */
export function release(reason: unknown): void {
  if (!reasons.delete(reason) || reasons.size > 0 || handler === undefined) return;
  for (const signal of SIGNALS) process.off(signal, handler);
}

/** The exit code of a process that a signal ended, as shells have it. */
export function exitCodeOf(signal: Signal): number {
  return 128 + constants.signals[signal];
}

/**
 * Makes the first Ctrl-C end a capture instead of the process.
 * @returns a function to call when the capture is over
 */
export function onInterruption(end: () => void): () => void {
  hold(end);
  captures.add(end);
  return () => {
    captures.delete(end);
    release(end);
  };
}

/** Ends all captures. @returns whether there were any; if not, there is nothing to keep */
export function endCaptures(): boolean {
  const ends = [...captures];
  captures.clear();
  for (const end of ends) end();
  return ends.length > 0;
}

/** Calls `stop` before a signal ends the process. @returns a function that cancels this */
export function onStop(stop: Stop): () => void {
  hold(stop);
  stops.add(stop);
  return () => {
    stops.delete(stop);
    release(stop);
  };
}

/** Ends everything registered with `onStop`. @returns the exit code, if one is known */
export async function stopAll(): Promise<ExitCode | undefined> {
  const codes = await Promise.all([...stops].map((stop) => stop()));
  return codes.find((code) => code !== undefined);
}
