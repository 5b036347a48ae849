import { grown } from "../../base/columns.js";
import { goroutineId, isLeftOut, NONE } from "../../base/ids.js";
import { SlotIndex } from "../../base/slot-index.js";
import { putSmallVarint, SMALL_VARINT } from "../../bytes/encode/small-varint.js";
import { EncodedText } from "../../bytes/encoded-text.js";
import { shortFunction } from "../../event/short-function.js";
import type { SchedModel } from "../../sched/model.js";
import { Edge, SchedState } from "../../sched/state.js";
import type { Steps } from "../trace-sink.js";
import { type InternedTables, type Interning, NAME_AND_VALUE, tables } from "./interning.js";
import type { Lives } from "./lives.js";
import { OpenRegions } from "./open-regions.js";
import { SYNC } from "./sync-waits.js";
import type { TimelineNames } from "./timeline-names.js";
import { EventType } from "./track-event-bytes.js";
import type { TrackEventWriter } from "./track-events.js";
import { threadOf, threadTrack } from "./tracks.js";
import { YieldSlices } from "./yield-slices.js";

const { Waiting, Syscall, SyscallBlocked } = SchedState;
const { Begin, End, Instant } = EventType;

/** Columns of {@link GoroutineTracks.encoded}. */
export const Encoded = { Track: 0, TrackLength: 1, Label: 2, LabelLength: 3 } as const;
/** Log2 of the columns of a row. */
export const ROW_SHIFT = 2;
const ROW = 1 << ROW_SHIFT;

const NOTHING = new EncodedText("");
const VALUE = tables("value");
const LABEL_PREFIX = new EncodedText("G");

/**
 * The goroutines' own tracks: waits and system calls with the stacks where they began and ended, regions, mark assists,
 * and arrows from wakers to runs.
 *
 * Columns by slot of the model, valid from {@link begin} to {@link end}.
 */
export class GoroutineTracks {
  /** The number of a goroutine's name, "G7 main.worker", as the text of an annotation; 0: not needed yet. */
  #labels = new Int32Array(256);
  /** Live goroutines. */
  live = 0;
  readonly regions: OpenRegions;
  readonly yields: YieldSlices;
  readonly #model: SchedModel;
  readonly #events: TrackEventWriter;
  readonly #interning: Interning;
  readonly #names: TimelineNames;
  readonly #lives: Lives;
  /** The tables that have the names of goroutines. */
  readonly #labelTables: InternedTables;
  /** Slots of the live goroutines by id. */
  readonly #slots = new SlotIndex();
  uuid = new Float64Array(256);
  /**
   * Its track and label as varints and their lengths, {@link ROW} numbers for each slot: see {@link Encoded}. The
   * lengths are 0 if a number is too large for four bytes, or the start function is unknown; that of the label also before
   * {@link label} defines it.
   */
  encoded = new Int32Array(256 * ROW);
  readonly #word = new DataView(new ArrayBuffer(8));
  /** Id of the goroutine in the slot, or −1. */
  #owner = new Float64Array(256);
  /** By number of a start function. */
  readonly #suffixes: EncodedText[] = [];
  /** The arrow to the goroutine's next run (0: none), with the category of its ends. */
  arrow = new Float64Array(256);
  arrowCategory = new Int32Array(256);
  #assist = new Uint8Array(256);
  #isOnLane = new Uint8Array(256);
  arrows = 0;
  /** By number of the reason: number of its name, both as a slice's name and as an annotation's text. */
  readonly reasonNames: number[] = [];
  /** The reason of waits in package sync, −1 before the first. */
  syncReason = NONE;

  /**
   * @param lives the slices of goroutines that share rows
   * @param withRuns whether slices have the names of goroutines
   */
  constructor(
    model: SchedModel,
    events: TrackEventWriter,
    interning: Interning,
    names: TimelineNames,
    lives: Lives,
    withRuns: boolean,
  ) {
    this.#lives = lives;
    this.#labelTables = withRuns ? NAME_AND_VALUE : VALUE;
    this.#model = model;
    this.#events = events;
    this.#interning = interning;
    this.#names = names;
    this.regions = new OpenRegions(events, names);
    this.yields = new YieldSlices(events, names);
  }

  /** The slot of a live goroutine, or −1. */
  slot(goroutine: number): number {
    return this.#slots.get(goroutine);
  }

  /** Number of a goroutine's name as the text of an annotation; 0 if there is none. */
  labelOf(goroutine: number): number {
    if (isLeftOut(goroutine)) return this.#interning.text("value", `G${goroutineId(goroutine)}`);
    const slot = this.slot(goroutine);
    return slot === NONE ? 0 : this.label(slot);
  }

  /** The same for a live goroutine; with runs, it is the number of a slice's name too. */
  label(slot: number): number {
    return (this.#labels[slot] as number) || this.#defineLabel(slot);
  }

  track(slot: number): number {
    return this.uuid[slot] as number;
  }

  /** The thread id in the file. */
  tid(slot: number): number {
    return threadOf(this.uuid[slot] as number);
  }

  /** A goroutine appears that has a row of its own. @param tid its thread id in the file */
  begin(slot: number, tid: number): void {
    this.#appear(slot, tid);
    this.#isOnLane[slot] = 0;
  }

  /** One appears that shares a row; {@link beginLife} follows. */
  beginOnLane(slot: number, lane: number): void {
    this.#appear(slot, lane);
    this.#isOnLane[slot] = 1;
  }

  /** The life of one on a lane begins. @param coroutine its name if it is one, else "" */
  beginLife(slot: number, time: number, coroutine = ""): void {
    const { id, creator, func } = this.#model.goroutines;
    const name = this.#lives.nameOfAll(coroutine || this.#model.functions.text(func[slot] as number));
    this.#lives.begin(this.tid(slot), time, name, id[slot] as number, creator[slot] as number);
  }

  #appear(slot: number, tid: number): void {
    if (slot >= this.uuid.length) this.#grow(slot + 1);
    const id = this.#model.goroutines.id[slot] as number;
    this.#slots.set(id, slot);
    this.#owner[slot] = id;
    this.live++;
    this.uuid[slot] = threadTrack(tid);
    this.arrow[slot] = 0;
    this.#assist[slot] = 0;
    this.#encode(slot, 0);
  }

  /** Its start function is known. This may come before {@link begin}. */
  named(slot: number): void {
    const id = this.#model.goroutines.id[slot] as number;
    if (slot < this.#owner.length && this.#owner[slot] === id) this.#encode(slot, 0);
  }

  /** It ends. */
  end(slot: number, time: number): void {
    this.#closeAll(slot, time, 0);
    if (this.#isOnLane[slot] === 1) this.#lives.end(this.tid(slot), time);
    else {
      this.#events.category = this.#names.category.state;
      this.#instant(slot, time, this.#names.end);
    }
    this.#slots.delete(this.#model.goroutines.id[slot] as number);
    this.#owner[slot] = NONE;
    this.live--;
  }

  /** Whether the reason of its wait is that of package sync. */
  waitsInSync(slot: number): boolean {
    const reason = this.#model.goroutines.reason[slot] as number;
    if (reason < 0) return false;
    // Naming the first such reason sets `syncReason`.
    this.#reason(reason);
    return reason === this.syncReason;
  }

  /**
   * It starts to wait.
   * @param stack number of the callstack, as in all methods
   * @param sync number of the name of a wait in package sync, or 0 for other waits: see {@link SyncWaits}
   */
  wait(slot: number, time: number, stack: number, sync: number): void {
    const { sinceEdge } = this.#model.goroutines;
    const why = this.#model.goroutines.reason[slot] as number;
    const { category, waiting, cut, noBeginning, reason, sync: text } = this.#names;
    const plain = why < 0 ? waiting : this.#reason(why);
    this.#events.category = category.wait;
    this.#events.stack = stack;
    if (sync !== 0 && sync !== plain) this.#events.annotate(reason, text);
    if (sinceEdge[slot] === Edge.Cut) this.#events.annotate(cut, noBeginning);
    this.#events.write(Begin, time, this.track(slot), sync || plain);
  }

  /** The wait ends. @param by number of the waker's label, or 0 */
  waitEnd(slot: number, time: number, stack: number, by: number): void {
    this.#events.stack = stack;
    this.#events.annotate(this.#names.unblockedBy, by);
    this.#close(slot, time);
  }

  /** @param thread number of the thread's name as a text, or 0 */
  syscall(slot: number, time: number, stack: number, thread: number): void {
    const { category, syscall, cut, noBeginning } = this.#names;
    this.#events.category = category.syscall;
    this.#events.stack = stack;
    this.#events.annotate(this.#names.thread, thread);
    if (this.#model.goroutines.sinceEdge[slot] === Edge.Cut) this.#events.annotate(cut, noBeginning);
    this.#events.write(Begin, time, this.track(slot), syscall);
  }

  syscallEnd(slot: number, time: number): void {
    this.#close(slot, time);
  }

  /** Marks the next arrow as begun before the trace. */
  beganBefore(): void {
    this.#events.annotate(this.#names.cut, this.#names.noBeginning);
  }

  /**
   * A goroutine becomes runnable: an arrow begins. It ends where the goroutine starts to run; or, if one shares a row, at
   * the beginning of its life.
   * @param track the waker's track
   */
  wake(slot: number, time: number, track: number, stack: number, isNew: boolean): void {
    const names = this.#names;
    const events = this.#events;
    const category = isNew ? names.category.create : names.category.unblock;
    const arrow = ++this.arrows;
    events.category = category;
    events.stack = stack;
    events.flow = arrow;
    events.write(Instant, time, track, isNew ? names.go : names.unblock);
    if (isNew && this.#isOnLane[slot] === 1) {
      events.flowEnd = arrow;
      this.beginLife(slot, time);
      return;
    }
    this.arrow[slot] = arrow;
    this.arrowCategory[slot] = category;
  }

  /** It yields or is preempted. */
  yield(slot: number, time: number, stack: number): void {
    const reason = this.#model.goroutines.reason[slot] as number;
    this.yields.begin(slot, time, reason < 0 ? this.#names.yielded : this.#reason(reason), stack);
  }

  /** It goes on at once. */
  resume(slot: number): void {
    this.yields.resume(slot, this.track(slot));
  }

  /** It leaves the state of being runnable. */
  yieldEnd(slot: number, time: number): void {
    this.yields.end(slot, time, this.track(slot));
  }

  /** Its run ends, to do something other than to yield. */
  runEnd(slot: number, time: number): void {
    this.yields.endRun(slot, time, this.track(slot));
  }

  /** It starts to run: an arrow ends. */
  run(slot: number, time: number): void {
    if (this.arrow[slot] !== 0) this.#endArrow(slot, time, this.#names.started);
  }

  /** Ends its arrow without a run: it stops being runnable, or the trace ends. */
  endWithoutRun(slot: number, time: number): void {
    if (this.arrow[slot] !== 0) this.#endArrow(slot, time, this.#names.notStarted);
  }

  /** Ends its arrow at an instant with that name. */
  #endArrow(slot: number, time: number, name: number): void {
    this.#events.category = this.arrowCategory[slot] as number;
    this.#events.flowEnd = this.arrow[slot] as number;
    this.arrow[slot] = 0;
    this.#instant(slot, time, name);
  }

  /** Numbers a new arrow, which begins at the next event. */
  newArrow(): number {
    return ++this.arrows;
  }

  /** @param isOld whether it began before the trace */
  assist(slot: number, time: number, stack: number, isOld: boolean): void {
    if (this.#assist[slot] === 1) return;
    this.#assist[slot] = 1;
    const { category, assist, cut, noBeginning } = this.#names;
    this.#events.category = category.gc;
    this.#events.stack = stack;
    if (isOld) this.#events.annotate(cut, noBeginning);
    this.#events.write(Begin, time, this.track(slot), assist);
  }

  assistEnd(slot: number, time: number): void {
    if (this.#assist[slot] === 0) return;
    this.#assist[slot] = 0;
    this.#close(slot, time);
  }

  /** It gets a label. @param name number of the label as a name */
  labeled(slot: number, time: number, name: number): void {
    this.#events.category = this.#names.category.label;
    this.#instant(slot, time, name);
  }

  /** The trace ends. */
  *finish(time: number): Steps {
    const { goroutines } = this.#model;
    const { cut, noEnd } = this.#names;
    for (const slot of goroutines.live()) {
      const state = goroutines.state[slot] as number;
      this.endWithoutRun(slot, time);
      this.yields.end(slot, time, this.track(slot), noEnd);
      this.runEnd(slot, time);
      if (state === Waiting || state === Syscall || state === SyscallBlocked) {
        this.#events.annotate(cut, noEnd);
        this.#close(slot, time);
      }
      this.#closeAll(slot, time, noEnd);
      yield;
    }
  }

  /**
   * Ends what is open other than waits and system calls.
   * @param cut number of the text for the annotation `cut`, or 0
   */
  #closeAll(slot: number, time: number, cut: number): void {
    if (this.#assist[slot] !== 0) this.#events.annotate(this.#names.cut, cut);
    this.assistEnd(slot, time);
    this.regions.finish(slot, this.#owner[slot] as number, time, this.track(slot), cut);
  }

  #close(slot: number, time: number): void {
    this.#events.write(End, time, this.track(slot), 0);
  }

  #instant(slot: number, time: number, name: number): void {
    this.#events.write(Instant, time, this.track(slot), name);
  }

  #defineLabel(slot: number): number {
    const id = this.#owner[slot] as number;
    const label = this.#interning.onceNumbered(this.#labelTables, LABEL_PREFIX, id, this.#suffix(slot));
    this.#encode(slot, label);
    return label;
  }

  #encode(slot: number, label: number): void {
    const track = this.uuid[slot] as number;
    const isKnown = this.#model.goroutines.func[slot] !== NONE;
    const fits = isKnown && track < SMALL_VARINT;
    const row = slot << ROW_SHIFT;
    const { encoded } = this;
    const word = this.#word;
    this.#labels[slot] = label;
    encoded[row + Encoded.TrackLength] = fits ? putSmallVarint(word, 0, track) : 0;
    encoded[row + Encoded.Track] = word.getInt32(0, true);
    const hasLabel = fits && label > 0 && label < SMALL_VARINT;
    encoded[row + Encoded.LabelLength] = hasLabel ? putSmallVarint(word, 0, label) : 0;
    encoded[row + Encoded.Label] = word.getInt32(0, true);
  }

  /** The rest of a goroutine's name, after its id: the start function, if known. */
  #suffix(slot: number): EncodedText {
    const func = this.#model.goroutines.func[slot] as number;
    if (func === NONE) return NOTHING;
    let suffix = this.#suffixes[func];
    if (suffix === undefined) {
      suffix = new EncodedText(` ${shortFunction(this.#model.functions.text(func))}`);
      this.#suffixes[func] = suffix;
    }
    return suffix;
  }

  #reason(reason: number): number {
    const known = this.reasonNames[reason];
    if (known !== undefined) return known;
    const text = this.#model.reasons.text(reason);
    const name = this.#interning.often(NAME_AND_VALUE, text || "waiting");
    this.reasonNames[reason] = name;
    if (text === SYNC) this.syncReason = reason;
    return name;
  }

  #grow(length: number): void {
    this.#labels = grown(this.#labels, length);
    this.uuid = grown(this.uuid, length);
    this.encoded = grown(this.encoded, length << ROW_SHIFT);
    this.#owner = grown(this.#owner, length);
    this.arrow = grown(this.arrow, length);
    this.arrowCategory = grown(this.arrowCategory, length);
    this.#assist = grown(this.#assist, length);
    this.#isOnLane = grown(this.#isOnLane, length);
  }
}
