import { grown } from "../../base/columns.js";
import { IdIndex } from "../../base/id-index.js";
import type { EncodedText } from "../../bytes/encoded-text.js";
import { FIRST_FREE_TID } from "../goroutine-groups.js";
import { place } from "./event-writer.js";
import { type Descriptions, Lane, Process } from "./processes.js";

/** The rows of Ps or of threads. Numbers count them in the order in which they appear. */
export class CarrierRows {
  /** By number: `pid` and `tid`. */
  readonly places: EncodedText[] = [];
  /** By number: the end of the last slice on the row. */
  taken = new Float64Array(16);
  /** By number: when a slice last began or ended on the row. */
  changed = new Float64Array(16);
  readonly #descriptions: Descriptions;
  readonly #pid: number;
  readonly #name: string;
  readonly #isOrdered: boolean;
  readonly #index = new IdIndex();
  #nextTid = FIRST_FREE_TID;
  #nowhere: EncodedText | undefined;

  /** @param isOrdered whether viewers sort the rows by id */
  constructor(descriptions: Descriptions, pid: number, name: string, isOrdered: boolean) {
    this.#descriptions = descriptions;
    this.#pid = pid;
    this.#name = name;
    this.#isOrdered = isOrdered;
  }

  number(id: number): number {
    const known = this.#index.get(id);
    return known >= 0 ? known : this.#add(id);
  }

  get count(): number {
    return this.places.length;
  }

  place(id: number): EncodedText {
    return this.places[this.number(id)] as EncodedText;
  }

  /** The row for what is on no P or thread. */
  nowhere(name: string): EncodedText {
    if (this.#nowhere === undefined) {
      const tid = this.#nextTid++;
      this.#descriptions.threadInOrder(this.#pid, tid, name, -1);
      this.#nowhere = place(this.#pid, tid);
    }
    return this.#nowhere;
  }

  #add(id: number): number {
    const number = this.#index.add(id);
    if (number >= this.taken.length) {
      this.taken = grown(this.taken, number + 1);
      this.changed = grown(this.changed, number + 1);
    }
    // Thread ids are addresses on some systems, but viewers want 32 bits. Perfetto takes thread 0 for the idle thread
    // of all processes, so a P's thread id is its id + 1.
    const own = this.#isOrdered ? id + 1 : id;
    const isFree = own > 0 && own < FIRST_FREE_TID && own !== this.#pid;
    const tid = isFree ? own : this.#nextTid++;
    const order = this.#isOrdered ? id : number;
    this.#descriptions.threadInOrder(this.#pid, tid, `${this.#name}${id}`, order);
    this.places[number] = place(this.#pid, tid);
    return number;
  }
}

/** Viewers want 32 bits with a sign. */
const LAST_TID = 2 ** 31 - 1;

const LANES = {
  [Lane.Timers]: "Timers",
  [Lane.Network]: "Network",
  [Lane.Syscalls]: "Syscalls",
  [Lane.WithoutProc]: "Without a P",
} as const;

/** The rows beside those of Ps: for events on no P, and for sweeping that outlasts a run. */
export class ProcLanes {
  readonly #descriptions: Descriptions;
  readonly #places = new Map<number, EncodedText>();
  /** For Ps whose ids are too large, as damaged traces have them; their own rows take the numbers from the other end. */
  #lastTid = LAST_TID;

  constructor(descriptions: Descriptions) {
    this.#descriptions = descriptions;
  }

  place(lane: keyof typeof LANES): EncodedText {
    return this.#places.get(lane) ?? this.#add(lane, LANES[lane], lane - Lane.WithoutProc - 1);
  }

  sweeping(proc: number): EncodedText {
    const lane = Lane.Sweeping + proc;
    return this.#places.get(lane) ?? this.#add(lane, `P${proc} sweeping`, proc);
  }

  #add(lane: number, name: string, order: number): EncodedText {
    const tid = lane < FIRST_FREE_TID ? lane : this.#lastTid--;
    this.#descriptions.threadInOrder(Process.Procs, tid, name, order);
    const added = place(Process.Procs, tid);
    this.#places.set(lane, added);
    return added;
  }
}
