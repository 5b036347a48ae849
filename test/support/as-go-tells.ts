import type { EventBlock } from "../../src/event/block.js";
import { EventKind } from "../../src/event/kind.js";
import { GoState, ProcState } from "../../src/event/states.js";
import { openTraceFile } from "../../src/node.js";
import type { Trace } from "../../src/order/trace.js";
import { WrappedTrace } from "../../src/select/wrapped-trace.js";
import { minorOf } from "./corpus.js";
import { LIKE_GO } from "./reading.js";

const SINCE_FORMAT_2 = 22;
const SINCE_GLOBAL_STOPS = 10;

/** A thread's number that means nothing. */
const SOME_THREAD = 0;

/** Changes blocks of events to what Go's tools make of the same trace, where that is known to differ: see `OFFICIAL_QUIRKS`. */
export class AsGoTells {
  readonly #minor: number;
  readonly #withParents: boolean;
  #knowsProcs = false;
  readonly #threads = new Map<number, number>();
  readonly #tasks = new Set<number>();
  #wasStolen = false;
  #keepsTaken = false;

  /** @param withParents whether tasks end with the parent that Go tells; its figures of whole tasks do not have it */
  constructor(path: string, withParents = true) {
    this.#withParents = withParents;
    this.#minor = minorOf(path);
  }

  /** Gives those that are in a system call when the trace begins a thread: see `initialSyscalls`. */
  summarized(block: EventBlock): EventBlock {
    if (this.#minor >= SINCE_FORMAT_2) return block;
    const { kind, to, thread } = this.block(block);
    for (let i = 0; i < block.length; i++)
      if (kind[i] === EventKind.GoStatus && to[i] === GoState.Syscall && thread[i] === -1)
        thread[i] = SOME_THREAD;
    return block;
  }

  /** The same block with its events changed, and some left out. */
  block(block: EventBlock): EventBlock {
    if (this.#minor >= SINCE_FORMAT_2) return block;
    const { kind, from, value, stack, length } = block;
    let n = 0;
    for (let i = 0; i < length; i++) {
      this.#setThread(block, i);
      // See `laterProcs` and `noParent`.
      if (kind[i] === EventKind.ProcStatus) from[i] = ProcState.Undetermined;
      // See `startStacks`.
      if (kind[i] === EventKind.GoStatus) stack[i] = 0;
      const task = block.subject[i] as number;
      if (kind[i] === EventKind.TaskBegin) this.#tasks.add(task);
      if (this.#withParents && kind[i] === EventKind.TaskEnd && this.#tasks.delete(task) && value[i] === -1)
        value[i] = 0;
      if (this.#isTold(block, i)) move(block, i, n++);
    }
    block.length = n;
    return block;
  }

  /** See `takenProcs`: Go's tools let the P stay with the thread in the system call. */
  #setThread({ kind, proc, thread, value }: EventBlock, i: number): void {
    const on = proc[i] as number;
    if (kind[i] === EventKind.ProcSteal) {
      // It may be taken again.
      if (!this.#threads.has(on)) this.#threads.set(on, value[i] as number);
    } else if (kind[i] === EventKind.CpuSample) return;
    else thread[i] = this.#threads.get(on) ?? (thread[i] as number);
    if (kind[i] === EventKind.ProcStop) this.#threads.delete(on);
  }

  /** Leaves `takenProcs` as they are: without them sinks show a goroutine that has lost its P on it. */
  withTakenProcs(block: EventBlock): EventBlock {
    this.#keepsTaken = true;
    return this.block(block);
  }

  #isTold({ kind }: EventBlock, i: number): boolean {
    switch (kind[i]) {
      case EventKind.ProcsChange: {
        // See `firstProcs`.
        const isTold = this.#knowsProcs;
        this.#knowsProcs = true;
        return isTold;
      }
      case EventKind.AssistActive:
        // See `olderAssists`.
        return false;
      case EventKind.StwBegin:
      case EventKind.StwEnd:
        // See `stopsLeftOut`.
        return this.#minor >= SINCE_GLOBAL_STOPS;
      case EventKind.ProcSteal:
        if (this.#keepsTaken) return true;
        // See `takenProcs`: a start follows.
        this.#wasStolen = true;
        return false;
      case EventKind.ProcStart: {
        const isTold = !this.#wasStolen;
        this.#wasStolen = false;
        return isTold;
      }
      default:
        return true;
    }
  }
}

/** Opens a trace to be read as Go's tools read it; see {@link AsGoTells}. */
export async function openAsGoTells(path: string, withParents = true): Promise<Trace> {
  const view = new AsGoTells(path, withParents);
  return new TraceAsGoTells(await openTraceFile(path, LIKE_GO), (block) => view.summarized(block));
}

/** The same as Go's text has it, without what its summarizer takes for granted: see `initialSyscalls`. */
export async function openAsGoPrints(path: string, withParents = true): Promise<Trace> {
  const view = new AsGoTells(path, withParents);
  return new TraceAsGoTells(await openTraceFile(path, LIKE_GO), (block) => view.block(block));
}

/** The same for who shows where goroutines were, to be compared with sums only. */
export async function openForSums(path: string): Promise<Trace> {
  const view = new AsGoTells(path, false);
  return new TraceAsGoTells(await openTraceFile(path, LIKE_GO), (block) => view.withTakenProcs(block));
}

class TraceAsGoTells extends WrappedTrace {
  readonly #view: (block: EventBlock) => EventBlock;

  constructor(whole: Trace, view: (block: EventBlock) => EventBlock) {
    super(whole);
    this.#view = view;
  }

  override async *blocks(): AsyncGenerator<EventBlock, void, undefined> {
    for await (const block of this.whole.blocks()) yield this.#view(block);
  }
}

function move(block: EventBlock, from: number, to: number): void {
  for (const column of Object.values(block)) if (ArrayBuffer.isView(column)) moveIn(column, from, to);
}

function moveIn(column: ArrayBufferView, from: number, to: number): void {
  const values = column as Float64Array;
  values[to] = values[from] as number;
}
