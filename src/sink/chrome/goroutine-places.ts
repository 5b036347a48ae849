import { grown } from "../../base/columns.js";
import { NONE } from "../../base/ids.js";
import type { SchedModel } from "../../sched/model.js";
import {
  FIRST_FREE_TID,
  type GoroutineGroup,
  GoroutineGroups,
  groupOf,
  RUNTIME,
  UNNAMED,
} from "../goroutine-groups.js";
import type { Grouping } from "../view-options.js";
import type { EventWriter } from "./event-writer.js";
import type { GoroutineNames } from "./goroutine-names.js";
import { type Descriptions, FIRST_GROUP, ProcessOrder } from "./processes.js";
import type { RowContext } from "./row-context.js";

/** The group of all goroutines, for `--group none`. */
const EVERYTHING = "Goroutines";
/** What an event lacks that waits: `,"pid":2147483646,"tid":2147483647}`. */
const PLACE_BYTES = 36;
/**
 * The most bytes of events that wait. Beyond it, the goroutine that has waited longest gets the group for no
 * start function.
 */
const MOST_WAITING = 1 << 22;

/**
 * The rows of goroutines: a "thread" each, in a "process" for each start function. Events of a goroutine wait until its
 * start function is known, or until too many wait. Columns by slot of the model.
 */
export class GoroutinePlaces {
  readonly #model: SchedModel;
  readonly #events: EventWriter;
  readonly #names: GoroutineNames;
  readonly #descriptions: Descriptions;
  readonly #groups: GoroutineGroups<GoroutineGroup>;
  /** Group by number of the start function. */
  readonly #groupsOf: GoroutineGroup[] = [];
  /** 0 is none yet. */
  #pids = new Int32Array(256);
  #tids = new Int32Array(256);
  readonly #waiting = new Map<number, Uint8Array[]>();
  /** Bytes of events that wait. */
  waitingBytes = 0;
  readonly #pseudo = new Map<string, { readonly pid: number; readonly tid: number }>();
  #nextTid = FIRST_FREE_TID;
  #nextPid = FIRST_GROUP;
  #order = ProcessOrder.Groups;

  constructor({ model, events, names, descriptions }: RowContext, grouping: Grouping) {
    this.#model = model;
    this.#events = events;
    this.#names = names;
    this.#descriptions = descriptions;
    this.#groups = new GoroutineGroups(
      grouping,
      EVERYTHING,
      (name) => ({ name, pid: 0, size: 0, buckets: 0 }),
      (_group, title) => {
        const pid = this.#nextPid--;
        descriptions.process(pid, title, this.#order++);
        return pid;
      },
    );
  }

  /** A goroutine appears. */
  begin(slot: number): void {
    if (slot >= this.#pids.length) {
      this.#pids = grown(this.#pids, slot + 1);
      this.#tids = grown(this.#tids, slot + 1);
    }
    const id = this.#model.goroutines.id[slot] as number;
    this.#pids[slot] = 0;
    // Thread 0 is the idle thread. Only damaged traces have goroutine 0.
    this.#tids[slot] = id > 0 && id < FIRST_FREE_TID ? id : this.#nextTid++;
  }

  /** Writes what waits: the goroutine or the trace has ended. */
  settle(slot: number): void {
    if (!this.#waiting.has(slot)) return;
    this.#describe(slot, this.#groupOfFunction(this.#model.goroutines.func[slot] as number));
    this.#release(slot);
  }

  /** Ends the current event on the goroutine's row. */
  readonly end = (slot: number): void => {
    if (this.#pids[slot] === 0) this.#placeLate(slot);
    else this.#events.endAt(this.#pids[slot] as number, this.#tids[slot] as number);
  };

  /** Ends it on the row of a waker other than a goroutine, described with {@link describePseudo}. */
  endPseudo(name: string): void {
    const found = this.#pseudo.get(name);
    if (found !== undefined) this.#events.endAt(found.pid, found.tid);
  }

  /** Adds a row for a waker other than a goroutine. */
  describePseudo(name: string): void {
    if (this.#pseudo.has(name)) return;
    const tid = this.#nextTid++;
    const pid = this.#groups.add(this.#groups.get(RUNTIME), tid);
    this.#descriptions.threadInOrder(pid, tid, name, 0);
    this.#pseudo.set(name, { pid, tid });
  }

  /** The current event is the first on its row. */
  #placeLate(slot: number): void {
    const event = this.#events.takeBack();
    const func = this.#model.goroutines.func[slot] as number;
    let waiting = this.#waiting.get(slot);
    if (waiting === undefined) {
      waiting = [];
      this.#waiting.set(slot, waiting);
    }
    waiting.push(event);
    this.waitingBytes += event.length + PLACE_BYTES;
    if (func === NONE && this.#groups.isGrouped) {
      if (this.waitingBytes > MOST_WAITING) this.#giveUp();
      return;
    }
    this.#describe(slot, this.#groupOfFunction(func));
    this.#release(slot);
  }

  /** Settles the goroutines that have waited longest, until half as much waits. */
  #giveUp(): void {
    for (const slot of this.#waiting.keys()) {
      if (this.waitingBytes <= MOST_WAITING / 2) return;
      this.settle(slot);
    }
  }

  #release(slot: number): void {
    for (const event of this.#waiting.get(slot) ?? []) {
      this.waitingBytes -= event.length + PLACE_BYTES;
      this.#events.resume(event, this.#pids[slot] as number, this.#tids[slot] as number);
    }
    this.#waiting.delete(slot);
  }

  #describe(slot: number, group: GoroutineGroup): void {
    const pid = this.#groups.add(group, this.#tids[slot] as number);
    this.#pids[slot] = pid;
    const id = this.#model.goroutines.id[slot] as number;
    this.#descriptions.threadInOrder(pid, this.#tids[slot] as number, this.#names.text(slot), id);
  }

  #groupOfFunction(func: number): GoroutineGroup {
    let group = this.#groupsOf[func];
    if (group === undefined) {
      group = this.#groups.get(func === NONE ? UNNAMED : groupOf(this.#model.functions.text(func)));
      this.#groupsOf[func] = group;
    }
    return group;
  }
}
