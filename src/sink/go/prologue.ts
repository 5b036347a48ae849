import { goroutineId, NONE } from "../../base/ids.js";
import { BLOCK_SIZE, EventBlock } from "../../event/block.js";
import { copyEvent } from "../../event/copy-event.js";
import type { Generation } from "../../event/generation.js";
import { EventKind } from "../../event/kind.js";
import { GoState, ProcState } from "../../event/states.js";
import { HELPER } from "./event-writer.js";

const K = EventKind;
/** More than the events that one of the snapshot can take, mended. */
const ROOM = 4;

/** An event of the snapshot: its block and its place there. */
type Row = readonly [block: EventBlock, i: number];

/**
 * The snapshot at the beginning of a part, as events that Go's reader takes.
 *
 * A Go trace states where goroutines and Ps are, and which ranges of the runtime are open, but not which tasks,
 * regions and stop-the-worlds are. So these begin again, just before the part: a thread of its own runs each of
 * their goroutines for some nanoseconds.
 */
export class Prologue {
  readonly #kept: EventBlock[] = [];
  readonly #metrics: Row[] = [];
  readonly #procs: Row[] = [];
  readonly #goroutines = new Map<number, Row>();
  /** By goroutine: what it has begun, and its label. */
  readonly #begun = new Map<number, Row[]>();
  readonly #ranges: Row[] = [];
  readonly #told: EventBlock[] = [];

  constructor(readonly generation: Generation) {}

  /** Takes a block of the snapshot. */
  add(block: EventBlock): void {
    const kept = new EventBlock();
    kept.generation = block.generation;
    for (let i = 0; i < block.length; i++) copyEvent(block, i, kept, kept.length++);
    this.#kept.push(kept);
    for (let i = 0; i < kept.length; i++) this.#file([kept, i], kept.kind[i] as number);
  }

  /**
   * The events, in blocks with times before the part.
   * @returns the blocks, and how many nanoseconds before the part they begin
   */
  blocks(): { readonly blocks: readonly EventBlock[]; readonly before: number } {
    this.#begin();
    this.#states();
    const events = this.#told.reduce((sum, { length }) => sum + length, 0);
    const before = events * ROOM + 1;
    let time = -before;
    for (const block of this.#told) for (let i = 0; i < block.length; i++) block.time[i] = ++time;
    return { blocks: this.#told, before };
  }

  #file(row: Row, kind: number): void {
    const [{ goroutine, subject }, i] = row;
    switch (kind) {
      case K.Sync:
        break;
      case K.HeapAlloc:
      case K.HeapGoal:
        this.#metrics.push(row);
        break;
      case K.ProcStatus:
        this.#procs.push(row);
        break;
      case K.GoSnapshot:
        this.#goroutines.set(subject[i] as number, row);
        break;
      case K.GcActive:
      case K.SweepActive:
      case K.AssistActive:
        this.#ranges.push(row);
        break;
      default:
        this.#beginAt(goroutineId(goroutine[i] as number), row);
    }
  }

  #beginAt(goroutine: number, row: Row): void {
    const owner = goroutine === NONE ? (this.#goroutines.keys().next().value ?? 1) : goroutine;
    const rows = this.#begun.get(owner);
    if (rows === undefined) this.#begun.set(owner, [row]);
    else rows.push(row);
  }

  /** Begins again what goroutines have begun, on a thread of its own. */
  #begin(): void {
    const proc = this.#stage();
    if (proc === undefined || this.#begun.size + this.#metrics.length === 0) return;
    this.#tell(proc, K.ProcStatus, NONE, NONE, { to: ProcState.Running });
    const p = proc[0].subject[proc[1]] as number;
    for (const row of this.#metrics) this.#tell(row, row[0].kind[row[1]] as number, p, NONE);
    for (const [goroutine, rows] of this.#begun) this.#beginOf(goroutine, rows, p);
    this.#tell(proc, K.ProcStop, p, NONE, { subject: p });
  }

  /** A P that can be lent: one that is idle, or whose thread runs a goroutine. */
  #stage(): Row | undefined {
    const isIdle = ([block, i]: Row) => block.to[i] === ProcState.Idle;
    const inSyscalls = new Set<number>();
    for (const [block, i] of this.#goroutines.values())
      if (block.to[i] === GoState.Syscall) inSyscalls.add(block.thread[i] as number);
    const isFree = ([block, i]: Row) => !inSyscalls.has(block.thread[i] as number);
    return this.#procs.find(isIdle) ?? this.#procs.find(isFree);
  }

  #beginOf(goroutine: number, rows: readonly Row[], p: number): void {
    const known = this.#goroutines.get(goroutine);
    const like = known ?? (rows[0] as Row);
    const subject = goroutine;
    const stack = known === undefined ? 0 : (known[0].subjectStack[known[1]] as number);
    this.#tell(like, K.GoStatus, p, NONE, {
      subject,
      from: GoState.Undetermined,
      to: GoState.Running,
      stack,
    });
    for (const row of rows) this.#tell(row, row[0].kind[row[1]] as number, p, goroutine);
    const waits = known !== undefined && known[0].to[known[1]] === GoState.Waiting;
    if (known === undefined) this.#tell(like, K.GoDestroy, p, goroutine, { subject });
    else this.#tell(known, waits ? K.GoBlock : K.GoStop, p, goroutine, { subject, stack });
  }

  /** States where Ps and goroutines are. */
  #states(): void {
    for (const row of this.#procs) this.#tell(row, K.ProcStatus);
    for (const row of this.#goroutines.values()) {
      const [block, i] = row;
      const stack = block.subjectStack[i] as number;
      const isCarried = block.to[i] === GoState.Running || block.to[i] === GoState.Syscall;
      const isKnown = this.#begun.has(block.subject[i] as number);
      if (isKnown && !isCarried) continue;
      const from = isKnown ? GoState.Runnable : GoState.Undetermined;
      this.#tell(row, K.GoStatus, undefined, NONE, { from, stack, ...(!isCarried && { thread: NONE }) });
    }
    for (const row of this.#ranges) this.#tell(row, row[0].kind[row[1]] as number);
  }

  /** Adds an event like one of the snapshot. With a P, it happens on the thread of its own. */
  #tell(row: Row, kind: number, proc?: number, goroutine = NONE, more: Change = {}): void {
    let block = this.#told.at(-1);
    if (block === undefined || block.length === BLOCK_SIZE || block.generation !== row[0].generation) {
      block = new EventBlock();
      block.generation = row[0].generation;
      this.#told.push(block);
    }
    const j = block.length++;
    copyEvent(row[0], row[1], block, j);
    block.kind[j] = kind;
    if (kind !== K.GoStatus && kind !== K.ProcStatus) block.proc[j] = block.goroutine[j] = NONE;
    if (goroutine !== NONE) block.goroutine[j] = goroutine;
    if (proc !== undefined) {
      block.thread[j] = HELPER;
      block.proc[j] = proc;
    }
    for (const [column, value] of Object.entries(more)) block[column as keyof Change][j] = value;
  }
}

/** Columns that differ from the event of the snapshot. */
type Change = Partial<Record<"subject" | "from" | "to" | "stack" | "thread", number>>;
