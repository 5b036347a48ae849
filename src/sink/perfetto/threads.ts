import { grown } from "../../base/columns.js";
import { counted } from "../../base/grouped.js";
import { IdSet } from "../../base/id-set.js";
import { NONE } from "../../base/ids.js";
import { EncodedText } from "../../bytes/encoded-text.js";
import { shortFunction } from "../../event/short-function.js";
import { CGO_CALLBACK } from "../../event/start-frame.js";
import {
  BUCKET,
  FIRST_FREE_TID,
  type GoroutineGroup,
  GoroutineGroups,
  groupOf,
  RUNTIME,
  UNNAMED,
} from "../goroutine-groups.js";
import type { Steps } from "../trace-sink.js";
import type { Grouping } from "../view-options.js";
import { GroupIds } from "./group-ids.js";
import type { PacketWriter } from "./packets.js";
import { ProcessTree } from "./process-tree.js";

const BLOCKING_PROFILE = "blocking profile";
/** The group of all goroutines, for `--group none`. */
const EVERYTHING = "goroutines";

/** A group with all its processes in the file. */
interface Group extends GoroutineGroup {
  readonly pids: number[];
}

/** The place in the file of a goroutine, or of a thread beside them. */
export interface Location {
  readonly pid: number;
  readonly tid: number;
}

/** A function that names goroutines, with its group and its encoded title. */
export interface StartFunction {
  readonly name: string;
  readonly title: string;
  readonly encoded: EncodedText;
  /** Whether goroutines get its name only if none of their stacks has a better one. */
  readonly isWrapper: boolean;
  readonly group: Group;
}

/** Stacks of a goroutine in which a function within its wrapper is looked for. The same one again does not count. */
const MOST_STACKS = 256;

/**
 * Describes goroutines as threads of "processes", one for each start function. A goroutine's thread id is its own id if
 * that fits, and no goroutine had that id before: in a damaged trace one may be created again, and Perfetto takes a thread in one
 * process only.
 */
export class Threads {
  readonly #tree: ProcessTree;
  readonly #groups: GoroutineGroups<Group>;
  readonly #functions = new Map<string, StartFunction>();
  readonly #wrappers = new Map<string, StartFunction>();
  /** By slot: the wrapper that a goroutine without a name started with, and how many stacks had nothing else. */
  readonly #wrapper: (StartFunction | undefined)[] = [];
  #stacks = new Int32Array(256);
  /** By slot: the last of these stacks. */
  #lastStack = new Int32Array(256);
  /** Goroutines' own ids that are thread ids, also of those that ended. */
  readonly #described = new IdSet();
  /** Thread ids of live goroutines whose own ids are none. */
  readonly #others = new Map<number, number>();
  /** Thread ids of rows that goroutines share. */
  readonly #lanes = new Set<number>();
  /** By process: how many goroutines followed others on lanes. */
  readonly #followers = new Map<number, number>();
  /** Thread id by the goroutine's slot ({@link EventBlock.slot}); 0: none. */
  tids = new Int32Array(256);
  /** Rows of goroutines so far. */
  rows = 0;
  /** By slot: 1 if the goroutine has its name. */
  named = new Uint8Array(256);
  /** By slot: 1 if the goroutine was created to serve calls from C. */
  #cgo = new Uint8Array(256);
  /** By slot: its group. */
  #pids = new Int32Array(256);
  /** Process by thread id, of lanes, and of goroutines that ended and whose ids are reused. */
  readonly #pidsOfShared = new Map<number, number>();
  /** Goroutines that ended in the current block, and their places. */
  readonly #ended: number[] = [];
  readonly #endedPids: number[] = [];
  readonly #endedTids: number[] = [];
  /** By slot: the goroutine's id. */
  #ids = new Float64Array(256).fill(NONE);
  readonly #groupIds = new GroupIds(() => this.#nextTid++);
  /** Slots of live goroutines, from the first look-up on. */
  #slots: Map<number, number> | undefined;
  #nextTid = FIRST_FREE_TID;
  readonly #pseudo = new Map<string, Location>();
  readonly #profiles = new Map<number, Location>();

  /**
   * @param time absolute time of the start of the trace, from which names apply
   * @param grouping how goroutines are grouped
   * @param withTracks whether threads get tracks for slices
   */
  constructor(packets: PacketWriter, time: number, grouping: Grouping, withTracks: boolean) {
    this.#tree = new ProcessTree(packets, time, withTracks);
    this.#groups = new GoroutineGroups(
      grouping,
      EVERYTHING,
      (name): Group => ({ name, pids: [], pid: 0, size: 0, buckets: 0 }),
      (group, title, tid) => this.#newProcess(group, title, tid),
    );
  }

  /** The thread id of a goroutine, which may not exist yet. */
  tidOf(goroutine: number): number {
    const slot = this.#lanes.size === 0 ? NONE : this.slotOf(goroutine);
    return slot === NONE ? this.ownTid(goroutine) : (this.tids[slot] as number);
  }

  /** The same for a goroutine with a row of its own. */
  ownTid(goroutine: number): number {
    const fits = goroutine > 0 && goroutine < FIRST_FREE_TID;
    if (fits && this.#others.size === 0) return goroutine;
    return this.#others.get(goroutine) ?? (fits ? goroutine : this.#otherTid(goroutine));
  }

  /** The process of a live goroutine; 0 as long as it has none. */
  pidOf(slot: number, goroutine: number): number {
    const isNamed = slot < this.tids.length && this.#ids[slot] === goroutine && this.named[slot] === 1;
    return isNamed ? (this.#pids[slot] as number) : 0;
  }

  /** Thread and process of a goroutine that is live or ended in the current block; undefined for others. */
  locate(slot: number, goroutine: number): Location | undefined {
    if (goroutine < 0) return undefined;
    if (slot < this.tids.length && this.#ids[slot] === goroutine && this.named[slot] === 1)
      return { pid: this.#pids[slot] as number, tid: this.tids[slot] as number };
    const ended = this.#ended.lastIndexOf(goroutine);
    return ended < 0
      ? undefined
      : { pid: this.#endedPids[ended] as number, tid: this.#endedTids[ended] as number };
  }

  /** The slot of a live goroutine, or −1. The first call makes the index. */
  slotOf(goroutine: number): number {
    this.#slots ??= this.#indexed();
    return this.#slots.get(goroutine) ?? NONE;
  }

  /** Forgets the goroutines that ended. */
  forgetEnded(): void {
    this.#ended.length = 0;
    this.#endedPids.length = 0;
    this.#endedTids.length = 0;
  }

  /**
   * A goroutine appears.
   * @param isCgo whether it serves calls from C
   * @param lane thread id of the row that it shares with others; 0: it has one of its own
   */
  start(slot: number, goroutine: number, isCgo = false, lane = 0): void {
    if (slot >= this.tids.length) this.#grow(slot + 1);
    this.#ids[slot] = goroutine;
    this.#slots?.set(goroutine, slot);
    this.named[slot] = 0;
    this.#cgo[slot] = isCgo ? 1 : 0;
    this.#wrapper[slot] = undefined;
    this.#stacks[slot] = 0;
    this.#lastStack[slot] = NONE;
    if (lane !== 0) this.#startOnLane(slot, goroutine, lane);
    else {
      this.rows++;
      this.tids[slot] = this.#isTaken(goroutine) ? this.#otherTid(goroutine) : this.ownTid(goroutine);
    }
  }

  #startOnLane(slot: number, goroutine: number, lane: number): void {
    this.tids[slot] = lane;
    if (lane !== goroutine) return;
    this.rows++;
    this.#lanes.add(lane);
  }

  /** The thread id of a goroutine. */
  tid(slot: number, goroutine: number): number {
    if (slot >= this.tids.length || this.#ids[slot] !== goroutine) this.start(slot, goroutine);
    return this.tids[slot] as number;
  }

  /**
   * Names a goroutine and assigns its group, unless a later stack may tell more.
   * @param stack number of the stack that told the function, or −1
   */
  name(slot: number, goroutine: number, func: StartFunction, stack = NONE): void {
    const tid = this.tid(slot, goroutine);
    const isLane = this.#lanes.has(tid);
    if (func.isWrapper && this.#waitsForMore(slot, func, stack)) return;
    this.named[slot] = 1;
    // A thread stays in one group, also if goroutines share it one after the other.
    const pid = this.#pidsOfShared.get(tid);
    if (pid !== undefined) {
      this.#pids[slot] = pid;
      if (isLane) this.#followers.set(pid, (this.#followers.get(pid) ?? 0) + 1);
      return;
    }
    // The UI shows the thread id after the name. If it is not the goroutine's id, the name includes that.
    const isOwnId = tid === goroutine;
    if (isOwnId) this.#described.add(tid);
    const name = isOwnId ? func.encoded : new EncodedText(`${func.title} G${goroutine}`);
    this.#pids[slot] = this.#groups.add(func.group, tid);
    this.#tree.thread(tid, func.group.pid, name, isLane);
    if (isLane) this.#pidsOfShared.set(tid, func.group.pid);
  }

  /** Assigns the name for no start function to a live goroutine without a name. */
  giveUpName(slot: number, goroutine: number): void {
    if (slot < 0 || slot >= this.tids.length || this.#ids[slot] !== goroutine) return;
    if (this.named[slot] === 1) return;
    const wrapper = this.#wrapper[slot]?.name ?? UNNAMED;
    this.name(slot, goroutine, this.function(this.#cgo[slot] === 1 ? CGO_CALLBACK : wrapper));
  }

  /** Looks a function up. */
  function(name: string): StartFunction {
    return lookedUp(this.#functions, name, () => this.#newFunction(name, false));
  }

  /** Looks up a start function that only calls others. */
  wrapper(name: string): StartFunction {
    return lookedUp(this.#wrappers, name, () => this.#newFunction(name, true));
  }

  #newFunction(name: string, isWrapper: boolean): StartFunction {
    const group = this.#groups.get(groupOf(name));
    // The full name is always somewhere: where the group has another one, as the runtime's does, it is here.
    const title = group.name === name ? shortFunction(name) : name;
    return { name, title, group, encoded: new EncodedText(title), isWrapper };
  }

  #waitsForMore(slot: number, wrapper: StartFunction, stack: number): boolean {
    this.#wrapper[slot] ??= wrapper;
    // A benchmark yields many thousand times at one place in runtime.GC before it begins.
    if (stack !== NONE && stack === this.#lastStack[slot]) return true;
    this.#lastStack[slot] = stack;
    const stacks = (this.#stacks[slot] as number) + 1;
    this.#stacks[slot] = stacks;
    return stacks < MOST_STACKS;
  }

  /** A goroutine has ended. @param isReusable whether its id may be reused, as with threads of C */
  end(slot: number, goroutine: number, isReusable = false): void {
    if (slot >= this.tids.length || this.#ids[slot] !== goroutine) return;
    if (isReusable) this.#cgo[slot] = 1;
    this.giveUpName(slot, goroutine);
    this.#ended.push(goroutine);
    this.#endedPids.push(this.#pids[slot] as number);
    this.#endedTids.push(this.tids[slot] as number);
    this.#slots?.delete(goroutine);
    if (!this.#others.delete(goroutine) && isReusable)
      this.#pidsOfShared.set(goroutine, this.#pids[slot] as number);
    this.#ids[slot] = NONE;
    this.named[slot] = 0;
  }

  /** About how many bytes {@link finish} writes, except for goroutines without a name. */
  get pending(): number {
    return this.#tree.pending;
  }

  /** Names the rest at the end of the trace. {@link flush} writes what is described later. */
  *finish(): Steps {
    for (let slot = 0; slot < this.tids.length; slot++) {
      const goroutine = this.#ids[slot] as number;
      if (goroutine < 0) continue;
      this.end(slot, goroutine);
      yield;
    }
    this.flush();
    this.#labelProcesses();
  }

  /** A thread for a waker other than a goroutine. */
  pseudo(name: string): Location {
    let location = this.#pseudo.get(name);
    if (location === undefined) {
      const tid = this.#nextTid++;
      const pid = this.#groups.processOf(this.#groups.get(RUNTIME), tid);
      this.#tree.thread(tid, pid, new EncodedText(name));
      location = { pid, tid };
      this.#pseudo.set(name, location);
    }
    return location;
  }

  /** The same, if it exists. */
  knownPseudo(name: string): Location | undefined {
    return this.#pseudo.get(name);
  }

  /** The thread of the blocking profile of a process. */
  blockingProfile(pid: number): Location {
    let location = this.#profiles.get(pid);
    if (location === undefined) {
      const tid = this.#nextTid++;
      this.#tree.thread(tid, pid, new EncodedText(BLOCKING_PROFILE));
      location = { pid, tid };
      this.#profiles.set(pid, location);
    }
    return location;
  }

  /** Writes what has been gathered. */
  flush(): void {
    this.#tree.flush();
  }

  /** Whether a goroutine's own id is the thread id of one that ended. */
  #isTaken(goroutine: number): boolean {
    if (goroutine <= 0 || goroutine >= FIRST_FREE_TID) return false;
    return this.#described.has(goroutine) && !this.#pidsOfShared.has(goroutine);
  }

  #otherTid(goroutine: number): number {
    const tid = this.#nextTid++;
    this.#others.set(goroutine, tid);
    return tid;
  }

  #indexed(): Map<number, number> {
    const slots = new Map<number, number>();
    for (let slot = 0; slot < this.tids.length; slot++) {
      const goroutine = this.#ids[slot] as number;
      if (goroutine > 0) slots.set(goroutine, slot);
    }
    return slots;
  }

  #grow(length: number): void {
    this.tids = grown(this.tids, length);
    this.named = grown(this.named, length);
    this.#cgo = grown(this.#cgo, length);
    this.#pids = grown(this.#pids, length);
    this.#stacks = grown(this.#stacks, length);
    this.#lastStack = grown(this.#lastStack, length);
    const known = this.#ids.length;
    this.#ids = grown(this.#ids, length).fill(NONE, known);
  }

  /** Describes a process of a group. @param tid its first thread @returns its id */
  #newProcess(group: Group, title: string, tid: number): number {
    const pid = this.#groupIds.next(group.name, tid);
    group.pids.push(pid);
    this.#tree.process(pid, commandLine(title, group.name));
    return pid;
  }

  /** Says how many goroutines each group has, which viewers show below its name. */
  #labelProcesses(): void {
    for (const { pids, size } of this.#groups.all()) {
      for (const pid of pids) {
        const rows = (pid === pids.at(-1) ? size : BUCKET) + (this.#followers.get(pid) ?? 0);
        // The runtime's group may have wakers other than goroutines only.
        if (rows > 0) this.#tree.label(pid, counted(rows, "goroutine"));
      }
    }
  }
}

/**
 * A process's command line: its title, then the start function in full if that is another text. Perfetto takes all up to the
 * first space as the process's name; start functions with struct type arguments have some.
 */
function commandLine(title: string, group: string): string {
  const words = group === RUNTIME || group === EVERYTHING ? [title] : [...new Set([title, group])];
  return words.map((word) => word.replaceAll(" ", "\u00a0")).join(" ");
}

function lookedUp<Value>(map: Map<string, Value>, key: string, make: () => Value): Value {
  let value = map.get(key);
  if (value === undefined) {
    value = make();
    map.set(key, value);
  }
  return value;
}
