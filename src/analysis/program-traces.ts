import type { EventBlock } from "../event/block.js";
import { LINK_END, type LinkLog, LinkLogs, NO_ID } from "../event/link-log.js";

/** How many tasks around a task are searched for an id. */
const FAR = 64;
/** Open tasks kept; a program with more does not end them. */
const OPEN = 1 << 20;
/** The most goroutines for whose next task an id is remembered. */
const REMEMBERED = 8192;

interface Task {
  readonly parent: number;
  traceId: string | undefined;
}

/**
 * Which trace of the program's own tracing each live task belongs to, by the ids that the program logs (`link-log.ts`): the
 * first in the task, else that of the task around.
 */
export class ProgramTraces {
  readonly #logs: LinkLogs;
  readonly #live = new Map<number, Task>();
  /** By goroutine: the trace of the task that it begins next, and that task's parent. */
  readonly #next = new Map<number, { readonly traceId: string | undefined; readonly parent: number }>();

  /** @param logs keys of logs that hold ids, besides the known ones */
  constructor(logs: readonly LinkLog[] = []) {
    this.#logs = new LinkLogs(logs);
  }

  /** A task begins. @param parent id of its parent task, if above 0 */
  begin(task: number, parent: number, goroutine: number): void {
    const next = this.#next.get(goroutine);
    this.#next.delete(goroutine);
    const traceId = next?.parent === Math.max(parent, 0) ? next.traceId : undefined;
    if (this.#live.size < OPEN) this.#live.set(task, { parent, traceId });
  }

  /** Takes the event of a log. */
  log(block: EventBlock, i: number): void {
    const logged = this.#logs.read(block, i);
    if (logged === undefined || logged === NO_ID || logged === LINK_END) return;
    const task = block.subject[i] as number;
    if (logged.isNext) this.#announce(block.goroutine[i] as number, Math.max(task, 0), logged.traceId);
    else {
      const live = this.#live.get(task);
      if (live !== undefined) live.traceId ??= logged.traceId;
    }
  }

  /** The id of a live task's trace, 32 hexadecimal digits; undefined if the program logged none. */
  of(task: number): string | undefined {
    let live = this.#live.get(task);
    for (let step = 0; live !== undefined && live.traceId === undefined && step < FAR; step++)
      live = this.#live.get(live.parent);
    return live?.traceId;
  }

  /** A task ends. */
  end(task: number): void {
    this.#live.delete(task);
  }

  #announce(goroutine: number, parent: number, traceId: string | undefined): void {
    this.#next.delete(goroutine);
    this.#next.set(goroutine, { traceId, parent });
    if (this.#next.size <= REMEMBERED) return;
    for (const oldest of this.#next.keys()) {
      this.#next.delete(oldest);
      return;
    }
  }
}
