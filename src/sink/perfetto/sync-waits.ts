import type { Generation } from "../../event/generation.js";
import type { StackFrame } from "../../event/tables.js";

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

/** Numbers of the names of waits in package sync. */
export class SyncWaits {
  readonly #define: (name: string) => number;
  #generation: Generation | undefined;
  /** By index of a stack of the generation; 0: none yet. */
  known = new Int32Array(1);

  /** @param define gives the number of a name, the same for the same name */
  constructor(define: (name: string) => number) {
    this.#define = define;
  }

  /** The following stacks are of this generation. */
  enter(generation: Generation): void {
    if (generation === this.#generation) return;
    this.#generation = generation;
    this.known = new Int32Array(generation.stacks.length + 1);
  }

  /** @param stack index into the generation's stacks */
  of(stack: number): number {
    const known = this.known[stack];
    if (known !== undefined && known !== 0) return known;
    const number = this.#define(syncWait(this.#generation?.stacks.frames(stack) ?? []));
    if (known !== undefined) this.known[stack] = number;
    return number;
  }
}
