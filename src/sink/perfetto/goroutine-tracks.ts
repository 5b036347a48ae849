import { grown } from "../../base/columns.js";
import { NONE } from "../../base/ids.js";
import type { SchedModel } from "../../sched/model.js";
import { SchedState } from "../../sched/state.js";
import type { Interning } from "./interning.js";
import type { TimelineNames } from "./timeline-names.js";
import { EventType, type TrackEventWriter } from "./track-events.js";
import { threadTrack } from "./tracks.js";

const { Waiting, Syscall, SyscallBlocked } = SchedState;
const { Begin, End, Instant } = EventType;

const encoder = new TextEncoder();
const NOTHING = new Uint8Array(0);
const LABEL_TABLES = ["name", "value"] as const;

/**
 * Before the start of the trace by so much: where what had begun by then is said to have begun, so that it encloses
 * whatever begins with the trace.
 */
const BEFORE = 1;

/**
 * The goroutines' own tracks: waits and system calls with the stacks where they began and ended, regions, mark assists,
 * and arrows from whoever made a goroutine runnable to where it starts to run.
 *
 * By slot of the model; a goroutine's columns hold from {@link begin} to {@link end}.
 */
export class GoroutineTracks {
  /** The number of a goroutine's name, "G7 main.worker", both as a slice's name and as an annotation's text. */
  label = new Int32Array(256);
  /** Goroutines so far. */
  count = 0;
  readonly #model: SchedModel;
  readonly #events: TrackEventWriter;
  readonly #interning: Interning;
  readonly #names: TimelineNames;
  /** Slots of the live goroutines by id. */
  readonly #slots = new Map<number, number>();
  #track = new Float64Array(256);
  /** Whose column it is: a goroutine's id, or −1. */
  #owner = new Float64Array(256);
  /** By number of a start function. */
  readonly #suffixes: Uint8Array[] = [];
  /** The arrow that ends where the goroutine starts to run (0 is none), whose it is, and of which category. */
  #arrow = new Float64Array(256);
  #arrowFrom = new Int32Array(256);
  #arrowCategory = new Int32Array(256);
  /** Slices of regions and mark assists that are open. */
  #regions = new Int32Array(256);
  #assist = new Uint8Array(256);
  #arrows = 0;
  /** Number of the name by number of the reason. */
  readonly #reasons: number[] = [];

  constructor(model: SchedModel, events: TrackEventWriter, interning: Interning, names: TimelineNames) {
    this.#model = model;
    this.#events = events;
    this.#interning = interning;
    this.#names = names;
  }

  /** The slot of a live goroutine, or −1. */
  slot(goroutine: number): number {
    return this.#slots.get(goroutine) ?? NONE;
  }

  track(slot: number): number {
    return this.#track[slot] as number;
  }

  /** A goroutine is mentioned for the first time. @param tid its thread id in the file */
  begin(slot: number, tid: number): void {
    if (slot >= this.#track.length) this.#grow(slot + 1);
    const id = this.#model.goroutines.id[slot] as number;
    this.#slots.set(id, slot);
    this.#owner[slot] = id;
    this.count++;
    this.#track[slot] = threadTrack(tid);
    this.#arrow[slot] = 0;
    this.#regions[slot] = 0;
    this.#assist[slot] = 0;
    this.#setLabel(slot, id);
  }

  /** Its start function has become known; that may be before it begins. */
  named(slot: number): void {
    const id = this.#model.goroutines.id[slot] as number;
    if (slot < this.#owner.length && this.#owner[slot] === id) this.#setLabel(slot, id);
  }

  #setLabel(slot: number, id: number): void {
    const func = this.#model.goroutines.func[slot] as number;
    const suffix = func === NONE ? NOTHING : (this.#suffixes[func] ?? this.#suffix(func));
    this.label[slot] = this.#interning.onceNumbered(LABEL_TABLES, "G", id, suffix);
  }

  /** What stands behind the number in the name of a goroutine with that start function. */
  #suffix(func: number): Uint8Array {
    const suffix = encoder.encode(` ${this.#model.functions.text(func)}`);
    this.#suffixes[func] = suffix;
    return suffix;
  }

  /** It ends. */
  end(slot: number, time: number): void {
    this.#closeAll(slot, time);
    this.#events.category = this.#names.category.state;
    this.#instant(slot, time, this.#names.end);
    this.#slots.delete(this.#model.goroutines.id[slot] as number);
    this.#owner[slot] = NONE;
  }

  /** It starts to wait. @param stack number of the callstack, as everywhere here */
  wait(slot: number, time: number, stack: number): void {
    const reason = this.#model.goroutines.reason[slot] as number;
    this.#events.category = this.#names.category.wait;
    this.#events.stack = stack;
    this.#events.write(
      Begin,
      time,
      this.track(slot),
      reason < 0 ? this.#names.waiting : this.#reason(reason),
    );
  }

  /** The wait is over. @param by whose doing that is: number of a label, or 0 */
  waitEnd(slot: number, time: number, stack: number, by: number): void {
    this.#events.stack = stack;
    this.#events.annotation = this.#names.unblockedBy;
    this.#events.value = by;
    this.#close(slot, time);
  }

  syscall(slot: number, time: number, stack: number): void {
    this.#events.category = this.#names.category.syscall;
    this.#events.stack = stack;
    this.#events.write(Begin, time, this.track(slot), this.#names.syscall);
  }

  syscallEnd(slot: number, time: number): void {
    this.#close(slot, time);
  }

  /**
   * A goroutine is made runnable: an arrow begins.
   * @param track where
   * @param by number of the label of whoever did it, or 0
   */
  wake(slot: number, time: number, track: number, by: number, stack: number, isNew: boolean): void {
    const names = this.#names;
    const events = this.#events;
    const category = isNew ? names.category.create : names.category.unblock;
    const arrow = ++this.#arrows;
    events.category = category;
    events.stack = stack;
    events.flow = arrow;
    events.annotation = names.goroutine;
    events.value = this.label[slot] as number;
    events.write(Instant, time, track, isNew ? names.go : names.unblock);
    this.#arrow[slot] = arrow;
    this.#arrowFrom[slot] = by;
    this.#arrowCategory[slot] = category;
  }

  /** It starts to run: an arrow ends. */
  run(slot: number, time: number): void {
    const arrow = this.#arrow[slot] as number;
    if (arrow === 0) return;
    const names = this.#names;
    const category = this.#arrowCategory[slot] as number;
    const events = this.#events;
    events.category = category;
    events.flowEnd = arrow;
    events.annotation = names.by;
    events.value = this.#arrowFrom[slot] as number;
    this.#arrow[slot] = 0;
    this.#instant(slot, time, category === names.category.create ? names.started : names.resumed);
  }

  /** Forgets an arrow: the goroutine became runnable in another way. */
  noArrow(slot: number): void {
    this.#arrow[slot] = 0;
  }

  /** A new arrow, from where the events' next one is. */
  newArrow(): number {
    return ++this.#arrows;
  }

  region(slot: number, time: number, name: string, stack: number): void {
    this.#regions[slot] = (this.#regions[slot] as number) + 1;
    this.#events.category = this.#names.category.region;
    this.#events.stack = stack;
    this.#events.write(Begin, time, this.track(slot), this.#interning.text("name", name));
  }

  /** A region ends; it may have begun before the trace. */
  regionEnd(slot: number, time: number, name: string, stack: number): void {
    if (this.#regions[slot] === 0) this.region(slot, -BEFORE, name, 0);
    this.#regions[slot] = (this.#regions[slot] as number) - 1;
    this.#events.stack = stack;
    this.#close(slot, time);
  }

  /** @param isOld whether it had begun before the trace did */
  assist(slot: number, time: number, stack: number, isOld: boolean): void {
    if (this.#assist[slot] === 1) return;
    this.#assist[slot] = 1;
    this.#events.category = this.#names.category.gc;
    this.#events.stack = stack;
    this.#events.write(Begin, isOld ? -BEFORE : time, this.track(slot), this.#names.assist);
  }

  assistEnd(slot: number, time: number): void {
    if (this.#assist[slot] === 0) return;
    this.#assist[slot] = 0;
    this.#close(slot, time);
  }

  /** @param text the message; @param body its number as a log's */
  log(slot: number, time: number, text: number, body: number, stack: number): void {
    this.#events.category = this.#names.category.log;
    this.#events.log = body;
    this.#events.stack = stack;
    this.#instant(slot, time, text);
  }

  /** The trace ends. */
  finish(time: number): void {
    const { goroutines } = this.#model;
    goroutines.forEach((_, slot) => {
      const state = goroutines.state[slot] as number;
      if (state === Waiting || state === Syscall || state === SyscallBlocked) this.#close(slot, time);
      this.#closeAll(slot, time);
    });
  }

  /** Ends what is open besides waits and system calls. */
  #closeAll(slot: number, time: number): void {
    const open = (this.#regions[slot] as number) + (this.#assist[slot] as number);
    for (let i = 0; i < open; i++) this.#close(slot, time);
  }

  #close(slot: number, time: number): void {
    this.#events.write(End, time, this.track(slot), 0);
  }

  #instant(slot: number, time: number, name: number): void {
    this.#events.write(Instant, time, this.track(slot), name);
  }

  #reason(reason: number): number {
    const known = this.#reasons[reason];
    if (known !== undefined) return known;
    const name = this.#interning.text("name", this.#model.reasons.text(reason) || "wait");
    this.#reasons[reason] = name;
    return name;
  }

  #grow(length: number): void {
    this.label = grown(this.label, length);
    this.#track = grown(this.#track, length);
    this.#owner = grown(this.#owner, length);
    this.#arrow = grown(this.#arrow, length);
    this.#arrowFrom = grown(this.#arrowFrom, length);
    this.#arrowCategory = grown(this.#arrowCategory, length);
    this.#regions = grown(this.#regions, length);
    this.#assist = grown(this.#assist, length);
  }
}
