import { grown } from "../../base/columns.js";
import { NONE } from "../../base/ids.js";
import type { EncodedText } from "../../bytes/encoded-text.js";
import type { ArrowHeads, Arrows } from "./arrows.js";
import type { CarrierRows } from "./carrier-rows.js";
import { argument, CUT, type EventWriter, head, headTail, NO_END } from "./event-writer.js";
import type { GoroutineNames } from "./goroutine-names.js";
import { Blocked, InnerSlices } from "./inner-slices.js";
import { RangePieces } from "./range-pieces.js";
import type { RowContext } from "./row-context.js";

const RUN = headTail("go.run", "X");
const SYSCALL = head("syscall", "go.syscall", "X");
const STILL_RUNNABLE = head("still runnable", "go.state", "X");
const GOROUTINE = argument("goroutine");
/** What {@link CarrierRuns.stillRunnable} writes. */
const EDGE_BYTES = 460;

/**
 * What ran on each P, or each thread. Each run is a slice; its stacks show where the goroutine had stopped before and
 * where it stops now. System calls, mark assists and stop-the-world are inner slices. An arrow from the waker leads to
 * the beginning of the run.
 *
 * Columns by slot of the model, valid from {@link begin} on.
 */
export class CarrierRuns {
  readonly rows: CarrierRows;
  readonly ranges: RangePieces;
  readonly #events: EventWriter;
  readonly #names: GoroutineNames;
  readonly #arrows: Arrows;
  readonly #inner: InnerSlices;
  /** When the goroutine's run began; NaN if it does not run. */
  since = new Float64Array(256);
  /** Number of its row. */
  #row = new Int32Array(256);
  /** Number of the stack where it stopped last. */
  #stopStack = new Int32Array(256);
  #syscallSince = new Float64Array(256);
  #syscallStack = new Int32Array(256);
  /** What made it runnable: when (NaN: nothing did), at which stack, and on which row. */
  #wakeTime = new Float64Array(256);
  #wakeStack = new Int32Array(256);
  readonly #wakePlace: EncodedText[] = [];
  readonly #wakeHeads: ArrowHeads[] = [];
  /** Goroutines with an arrow that is not written yet. */
  #woken = 0;
  readonly #nowhere: () => EncodedText;

  /** @param nowhere gives the row for no P or thread */
  constructor({ events, names, arrows }: RowContext, rows: CarrierRows, nowhere: () => EncodedText) {
    this.rows = rows;
    this.#nowhere = nowhere;
    this.#events = events;
    this.#names = names;
    this.#arrows = arrows;
    this.#inner = new InnerSlices(events, (slot) => events.end(this.#place(slot)));
    this.ranges = new RangePieces(this.#inner);
  }

  /** An upper estimate of the bytes of the arrows that the end of the trace would write. */
  get pending(): number {
    return this.#woken * EDGE_BYTES;
  }

  /** A goroutine appears. */
  begin(slot: number): void {
    if (slot >= this.since.length) this.#grow(slot + 1);
    this.since[slot] = Number.NaN;
    this.#syscallSince[slot] = Number.NaN;
    this.#wakeTime[slot] = Number.NaN;
    this.#stopStack[slot] = 0;
    this.ranges.forget(slot);
  }

  /** It ends. */
  end(slot: number): void {
    this.#forgetWake(slot);
  }

  /** It becomes runnable. @param from the waker's row */
  wake(slot: number, time: number, stack: number, heads: ArrowHeads, from: EncodedText): void {
    if (!this.#isWoken(slot)) this.#woken++;
    this.#wakeTime[slot] = time;
    this.#wakeStack[slot] = stack;
    this.#wakeHeads[slot] = heads;
    this.#wakePlace[slot] = from;
  }

  /** Sets where it had stopped before the part of the trace began. */
  stoppedBefore(slot: number, stack: number): void {
    this.#stopStack[slot] = stack;
  }

  /** It starts to run, or is in a system call. @param carrier the P's or thread's id; −1 is none */
  start(slot: number, time: number, carrier: number): void {
    if (carrier === NONE) {
      // Before Go 1.22 the thread may be unknown. Then the arrow has no target; a later run must not get it.
      this.#forgetWake(slot);
      return;
    }
    const row = this.rows.number(carrier);
    // Only damaged traces have a run that begins before the end of the one before.
    const since = Math.max(time, this.rows.taken[row] as number);
    this.#row[slot] = row;
    this.since[slot] = since;
    this.change(slot, since);
    this.ranges.start(slot, since);
  }

  /** Its run ends. @param isCut whether the trace ends */
  stop(slot: number, time: number, stack: number, isCut = false): void {
    const began = this.since[slot] as number;
    if (Number.isNaN(began)) {
      this.#stopStack[slot] = stack;
      return;
    }
    const row = this.#row[slot] as number;
    this.change(slot, time);
    // Only damaged traces have two goroutines on one P.
    const since = Math.max(began, this.rows.taken[row] as number);
    this.since[slot] = since;
    this.#writeRun(slot, since, Math.max(time, since), stack, isCut);
    this.ranges.stop(slot, since, time);
    this.rows.taken[row] = Math.max(time, since);
    this.since[slot] = Number.NaN;
    this.#stopStack[slot] = stack;
  }

  /** It is still runnable at the end of the trace: the arrow leads to the edge. */
  stillRunnable(slot: number, time: number): void {
    if (!this.#isWoken(slot)) return;
    const events = this.#events;
    const place = this.#nowhere();
    events.begin(STILL_RUNNABLE);
    events.time(time);
    events.duration(0);
    events.argument(GOROUTINE);
    this.#names.value(slot);
    events.argument(CUT);
    events.put(NO_END);
    events.end(place);
    this.#writeArrow(slot, time, place);
  }

  syscall(slot: number, time: number, stack: number): void {
    this.change(slot, time);
    this.#syscallSince[slot] = time;
    this.#syscallStack[slot] = stack;
  }

  syscallEnd(slot: number, time: number, blocked: EncodedText = Blocked.No): void {
    const since = this.#syscallSince[slot] as number;
    if (Number.isNaN(since)) return;
    this.change(slot, time);
    this.#syscallSince[slot] = Number.NaN;
    const stack = this.#syscallStack[slot] as number;
    this.#inner.add(slot, this.since[slot] as number, SYSCALL, since, time, stack, blocked);
    this.ranges.syscallEnd(slot, since, time);
  }

  /** `time`, or the earlier start of the open system call. Only in damaged traces a slice begins or ends within one. */
  beforeSyscall(slot: number, time: number): number {
    const since = this.#syscallSince[slot] as number;
    return since < time ? since : time;
  }

  /** Notes that a slice begins or ends on the goroutine's row. */
  change(slot: number, time: number): void {
    if (Number.isNaN(this.since[slot] as number)) return;
    const { changed } = this.rows;
    const row = this.#row[slot] as number;
    if (time > (changed[row] as number)) changed[row] = time;
  }

  #writeRun(slot: number, since: number, until: number, stack: number, isCut: boolean): void {
    const events = this.#events;
    const isShort = events.isShort(until - since);
    const hasArrow = this.#isWoken(slot);
    if (isShort && !hasArrow) return;
    const place = this.#place(slot);
    this.#names.begin(slot, RUN);
    events.time(since);
    // A run that is too short is left out; its arrow ends at a zero-length slice.
    events.duration(isShort ? 0 : until - since);
    events.stack(this.#stopStack[slot] as number);
    events.endStack(stack);
    if (isCut) {
      events.argument(CUT);
      events.put(NO_END);
    }
    events.end(place);
    if (hasArrow) this.#writeArrow(slot, since, place);
  }

  #writeArrow(slot: number, time: number, to: EncodedText): void {
    const arrows = this.#arrows;
    const events = this.#events;
    const id = arrows.next();
    const { start, end } = this.#wakeHeads[slot] as ArrowHeads;
    arrows.begin(start, this.#wakeTime[slot] as number, id);
    events.stack(this.#wakeStack[slot] as number);
    events.end(this.#wakePlace[slot] as EncodedText);
    arrows.begin(end, time, id);
    events.end(to);
    this.#forgetWake(slot);
  }

  #isWoken(slot: number): boolean {
    return !Number.isNaN(this.#wakeTime[slot] as number);
  }

  #forgetWake(slot: number): void {
    if (!this.#isWoken(slot)) return;
    this.#wakeTime[slot] = Number.NaN;
    this.#woken--;
  }

  #place(slot: number): EncodedText {
    return this.rows.places[this.#row[slot] as number] as EncodedText;
  }

  #grow(length: number): void {
    this.since = grown(this.since, length);
    this.#row = grown(this.#row, length);
    this.#stopStack = grown(this.#stopStack, length);
    this.#syscallSince = grown(this.#syscallSince, length);
    this.#syscallStack = grown(this.#syscallStack, length);
    this.#wakeTime = grown(this.#wakeTime, length);
    this.#wakeStack = grown(this.#wakeStack, length);
  }
}
