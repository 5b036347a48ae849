import type { StackFrame } from "../../event/tables.js";
import { StackNumbers } from "../stack-numbers.js";
import { type Interning, NAME_AND_VALUE } from "./interning.js";

/** The reason that the runtime gives for all waits in package sync, except for those of a Cond. */
export const SYNC = "sync";

/** An exported function or method of package sync, whose locks are in internal/sync since Go 1.24. */
const OF_SYNC = /^sync\.(?:\(\*[A-Z]\w*\)\.)?[A-Z]\w*/;
const WITHIN_SYNC = /^(?:runtime|(?:internal\/)?sync)\./;

/**
 * Where in package sync a goroutine with this stack waits, named as the runtime names waits for a Cond: `sync.(*Mutex).Lock`,
 * `sync.(*WaitGroup).Wait`, or the plain reason if the stack does not tell. Such functions call each other, so the one that the
 * program called counts.
 */
export function syncWait(frames: readonly StackFrame[]): string {
  let name = SYNC;
  for (const { func } of frames) {
    if (!WITHIN_SYNC.test(func)) break;
    name = OF_SYNC.exec(func)?.[0] ?? name;
  }
  return name;
}

/** Numbers of the names of waits in package sync, by the stack of the wait; 0 without a stack. */
export class SyncWaits extends StackNumbers {
  readonly #interning: Interning;

  constructor(interning: Interning) {
    super();
    this.#interning = interning;
  }

  protected define(frames: readonly StackFrame[]): number {
    return this.#interning.often(NAME_AND_VALUE, syncWait(frames));
  }
}
