import { grown } from "../../base/columns.js";
import { Heap } from "../../base/heap.js";
import { IdSet } from "../../base/id-set.js";
import { type EventBlock, MAX_BLOCK } from "../../event/block.js";
import type { Generation } from "../../event/generation.js";
import { EventKind } from "../../event/kind.js";
import type { Wrappers } from "../../sched/wrappers.js";
import { FIRST_FREE_TID } from "../goroutine-groups.js";
import type { Coroutines } from "./coroutines.js";
import type { LaneChoice } from "./options.js";

const K = EventKind;

/**
 * Goroutines of a start function that have rows of their own, unless lanes are requested for all. A person reads so many
 * rows; for a viewer's time, any number up to a thousand is as good.
 */
const OWN_ROWS = 16;
/** The same for a wrapper: what its goroutines call decides their group, which one that shares a row has from the first on it. */
const OWN_ROWS_OF_WRAPPER = 500;

/** The goroutines of a start function that were created while the trace was taken. */
interface Pool {
  /** So many have rows of their own. */
  readonly from: number;
  goroutines: number;
  /** Thread ids of the lanes that nobody uses. */
  readonly free: Heap<number>;
}

/**
 * Rows that goroutines share. A program that serves requests has a million goroutines that live for microseconds; a row for
 * each is more than a viewer or a person can take. So the further goroutines of a start function that has many follow one
 * another on rows, lanes, as many as there are at a time. A lane has the thread id of its first goroutine.
 */
export class Lanes {
  /** By index of an event of the last block that begins or ends a goroutine on a lane: the lane's thread id; else 0. */
  readonly tids = new Int32Array(MAX_BLOCK);
  /** Those events: `changes[0, changesLength)`. */
  readonly changes = new Int32Array(MAX_BLOCK);
  changesLength = 0;
  /** Goroutines of a start function from which on they share lanes. */
  readonly #from: number;
  readonly #choice: LaneChoice;
  readonly #wrappers: Wrappers;
  /** Names the coroutines of the lanes. */
  readonly coroutines: Coroutines;
  readonly #pools = new Map<string, Pool>();
  /** By index of a stack of the generation: the pool of the function at its root. */
  #poolOfStack: (Pool | undefined)[] = [];
  #generation: Generation | undefined;
  /** Ids of goroutines that rows are named by. A damaged trace may create one again. */
  readonly #rows = new IdSet();
  /** By slot: the lane of a live goroutine (0: none), and its pool. */
  #lanes = new Int32Array(256);
  readonly #poolOfSlot: (Pool | undefined)[] = [];
  /**
   * Lanes that became free at the time of the last end. Another goroutine gets them later only, because viewers order what
   * happens at one time as they like.
   */
  readonly #ended: number[] = [];
  readonly #poolsOfEnded: Pool[] = [];
  #endTime = Number.NaN;

  /** @param wrappers start functions whose goroutines are not alike @param coroutines which are alike if one function pulls */
  constructor(choice: LaneChoice, wrappers: Wrappers, coroutines: Coroutines) {
    this.coroutines = coroutines;
    this.#wrappers = wrappers;
    this.#choice = choice;
    this.#from = { auto: OWN_ROWS, always: 0, never: Number.POSITIVE_INFINITY }[choice];
  }

  /** Takes the events of a block. */
  block(block: EventBlock): void {
    const { kind, length } = block;
    for (let n = 0; n < this.changesLength; n++) this.tids[this.changes[n] as number] = 0;
    this.changesLength = 0;
    if (this.#from === Number.POSITIVE_INFINITY) return;
    if (block.generation !== this.#generation) this.#enter(block.generation);
    for (let i = 0; i < length; i++) {
      const k = kind[i] as number;
      if (k < K.GoCreate || k > K.GoSnapshot) continue;
      if (k === K.GoCreate || k === K.GoCreateBlocked) this.#begin(block, i);
      else if (k === K.GoDestroy || k === K.GoDestroySyscall) this.#end(block, i);
      else if (k !== K.GoSwitch) this.#rows.add(block.subject[i] as number);
    }
  }

  /** The lanes in use. */
  *used(): Iterable<number> {
    for (const lane of this.#lanes) if (lane !== 0) yield lane;
  }

  #enter(generation: Generation | undefined): void {
    this.#generation = generation;
    this.#poolOfStack = [];
  }

  #begin(block: EventBlock, i: number): void {
    const coroutine = this.coroutines.nameOf(block, i);
    const pool =
      coroutine === "" ? this.#pool(block, block.subjectStack[i] as number) : this.#poolOf(coroutine);
    if (pool === undefined || pool.goroutines++ < pool.from) {
      this.#rows.add(block.subject[i] as number);
      return;
    }
    if (this.#ended.length > 0 && (block.time[i] as number) > this.#endTime) this.#free();
    const lane = pool.free.first ?? (block.subject[i] as number);
    if (pool.free.first !== undefined) pool.free.pop();
    else if (lane <= 0 || lane >= FIRST_FREE_TID || this.#rows.has(lane)) return;
    else this.#rows.add(lane);
    const slot = block.slot[i] as number;
    if (slot >= this.#lanes.length) this.#lanes = grown(this.#lanes, slot + 1);
    this.#lanes[slot] = lane;
    this.#poolOfSlot[slot] = pool;
    this.#change(i, lane);
  }

  #end(block: EventBlock, i: number): void {
    const slot = block.slot[i] as number;
    const lane = this.#lanes[slot];
    const pool = this.#poolOfSlot[slot];
    if (lane === undefined || lane === 0 || pool === undefined) return;
    this.#lanes[slot] = 0;
    this.#endTime = block.time[i] as number;
    this.#ended.push(lane);
    this.#poolsOfEnded.push(pool);
    this.#change(i, lane);
  }

  #free(): void {
    for (let n = 0; n < this.#ended.length; n++)
      (this.#poolsOfEnded[n] as Pool).free.push(this.#ended[n] as number);
    this.#ended.length = 0;
    this.#poolsOfEnded.length = 0;
  }

  #change(event: number, lane: number): void {
    this.tids[event] = lane;
    this.changes[this.changesLength++] = event;
  }

  /** The pool of the start function of a stack; undefined for a stack without one. */
  #pool(block: EventBlock, stack: number): Pool | undefined {
    const known = this.#poolOfStack[stack];
    if (known !== undefined) return known;
    const func = stack === 0 ? "" : (block.generation?.stacks.startFunction(stack) ?? "");
    if (func === "") return undefined;
    const pool = this.#poolOf(func);
    while (this.#poolOfStack.length <= stack) this.#poolOfStack.push(undefined);
    this.#poolOfStack[stack] = pool;
    return pool;
  }

  #poolOf(func: string): Pool {
    let pool = this.#pools.get(func);
    if (pool === undefined) {
      const areAlike =
        this.#choice !== "auto" || this.#wrappers.isGoStatement(func) || !this.#wrappers.has(func);
      pool = {
        from: areAlike ? this.#from : OWN_ROWS_OF_WRAPPER,
        goroutines: 0,
        free: new Heap<number>((a, b) => a < b),
      };
      this.#pools.set(func, pool);
    }
    return pool;
  }
}
