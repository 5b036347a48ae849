import { grown } from "../../base/columns.js";
import { goroutineId, isLeftOut, NONE } from "../../base/ids.js";
import type { EncodedText } from "../../bytes/encoded-text.js";
import type { SchedModel } from "../../sched/model.js";
import { Edge } from "../../sched/state.js";
import type { ArrowHeads, Arrows } from "./arrows.js";
import { argument, CUT, type EventWriter, head, NO_BEGINNING, NO_END, quoted } from "./event-writer.js";
import type { GoroutineNames } from "./goroutine-names.js";
import type { GoroutinePlaces } from "./goroutine-places.js";
import { Blocked, InnerSlices } from "./inner-slices.js";
import { RangePieces } from "./range-pieces.js";
import type { RowContext } from "./row-context.js";

const RUNNING = head("running", "go.state", "X");
const RUNNABLE = head("runnable", "go.state", "X");
const SYSCALL = head("syscall", "go.syscall", "X");
const WITHOUT_PROC = head("without a P", "go.syscall", "X");
const WAITING = "waiting";
const WAIT_CATEGORY = "go.wait";

const GOROUTINE = argument("goroutine");
const UNBLOCKED_BY = argument("unblocked by");
const PROC = argument("proc");
const THREAD = argument("thread");
const BLOCKED = argument("blocked");
const NO_GOROUTINE = "netpoll or timer";
const ANOTHER = "another goroutine";
const QUOTED_NO_GOROUTINE = quoted(NO_GOROUTINE);

/**
 * The goroutines' own rows: a slice for each state, with the stacks where it began and ended, and arrows from wakers to
 * runs. Columns by slot of the model.
 */
export class GoroutineRows {
  readonly places: GoroutinePlaces;
  readonly ranges: RangePieces;
  readonly #model: SchedModel;
  readonly #events: EventWriter;
  readonly #names: GoroutineNames;
  readonly #arrows: Arrows;
  readonly #inner: InnerSlices;
  readonly #waits: EncodedText[] = [];
  readonly #waiting = head(WAITING, WAIT_CATEGORY, "X");
  /** Number of the stack where the state began. */
  #stack = new Int32Array(256);
  #syscallSince = new Float64Array(256);
  /** The arrow to its next run: id (0: none) and beginnings of its events. */
  #arrow = new Float64Array(256);
  readonly #arrowHeads: ArrowHeads[] = [];

  constructor({ model, events, names, arrows }: RowContext, places: GoroutinePlaces) {
    this.#model = model;
    this.#events = events;
    this.#names = names;
    this.#arrows = arrows;
    this.places = places;
    this.#inner = new InnerSlices(events, places.end);
    this.ranges = new RangePieces(this.#inner);
  }

  /** A goroutine appears. */
  begin(slot: number): void {
    if (slot >= this.#stack.length) {
      this.#stack = grown(this.#stack, slot + 1);
      this.#syscallSince = grown(this.#syscallSince, slot + 1);
      this.#arrow = grown(this.#arrow, slot + 1);
    }
    this.#stack[slot] = 0;
    this.#arrow[slot] = 0;
    this.places.begin(slot);
    this.ranges.forget(slot);
  }

  /** A state begins. @param stack where its code is */
  enter(slot: number, stack: number, time: number, isSyscall: boolean): void {
    this.#stack[slot] = stack;
    if (isSyscall) this.#syscallSince[slot] = time;
  }

  running(slot: number, time: number): void {
    this.ranges.start(slot, time);
  }

  /** It stops running. @param stack where its code is */
  runningEnd(slot: number, time: number, stack: number, isCut: boolean): void {
    const { proc, thread, since } = this.#model.goroutines;
    const events = this.#events;
    const began = since[slot] as number;
    const arrow = this.#arrow[slot] as number;
    const isShort = events.isShort(time - began);
    if (!isShort || arrow !== 0) {
      this.#state(slot, RUNNING, began, isShort ? began : time, stack);
      this.#carrier(PROC, proc[slot] as number);
      this.#carrier(THREAD, thread[slot] as number);
      this.#end(slot, isCut);
      this.#endArrow(slot, began);
    }
    this.ranges.stop(slot, began, time);
  }

  runnableEnd(slot: number, time: number, isCut: boolean): void {
    const began = this.#model.goroutines.since[slot] as number;
    // An arrow to a goroutine that never runs ends where it becomes runnable.
    if (this.#events.isShort(time - began) && !(isCut && this.#arrow[slot] !== 0)) return;
    this.#state(slot, RUNNABLE, began, time, 0);
    this.#end(slot, isCut);
    if (isCut) this.#endArrow(slot, began);
  }

  /**
   * @param stack the waker's stack
   * @param by the waker's goroutine id, or −1
   * @param bySlot its slot, or −1
   */
  waitEnd(slot: number, time: number, stack: number, by: number, bySlot: number, isCut: boolean): void {
    const { since, reason } = this.#model.goroutines;
    const events = this.#events;
    const began = since[slot] as number;
    if (events.isShort(time - began)) return;
    this.#state(slot, this.#wait(reason[slot] as number), began, time, stack);
    if (!isCut) {
      events.argument(UNBLOCKED_BY);
      if (bySlot !== NONE) this.#names.value(bySlot);
      else events.put(isLeftOut(by) ? quoted(`G${goroutineId(by)}`) : QUOTED_NO_GOROUTINE);
    }
    this.#end(slot, isCut);
  }

  /** @param lost when it lost its P; NaN if it did not */
  syscallEnd(slot: number, time: number, lost: number, isCut: boolean): void {
    const events = this.#events;
    const began = this.#syscallSince[slot] as number;
    const blocked = !Number.isNaN(lost);
    if (events.isShort(time - began)) return;
    this.#state(slot, SYSCALL, began, time, 0);
    events.argument(BLOCKED);
    events.put(blocked ? Blocked.Yes : Blocked.No);
    this.#end(slot, isCut);
    if (!blocked || events.isShort(time - lost)) return;
    events.begin(WITHOUT_PROC);
    events.time(lost);
    events.duration(time - lost);
    this.places.end(slot);
  }

  /**
   * It becomes runnable: an arrow begins.
   * @param by as in {@link waitEnd}
   * @param isOld whether that was before the part of the trace began
   */
  wake(
    slot: number,
    time: number,
    stack: number,
    heads: ArrowHeads,
    by: number,
    bySlot: number,
    isOld: boolean,
  ): void {
    const pseudo = isLeftOut(by) ? ANOTHER : NO_GOROUTINE;
    if (bySlot === NONE) this.places.describePseudo(pseudo);
    const events = this.#events;
    events.begin(heads.source);
    events.time(time);
    events.duration(0);
    events.stack(stack);
    events.argument(GOROUTINE);
    this.#names.value(slot);
    if (isOld) {
      events.argument(CUT);
      events.put(NO_BEGINNING);
    }
    this.#endOn(bySlot, pseudo);
    const arrow = this.#arrows.next();
    this.#arrows.begin(heads.start, time, arrow);
    events.stack(stack);
    this.#endOn(bySlot, pseudo);
    this.#arrow[slot] = arrow;
    this.#arrowHeads[slot] = heads;
  }

  /** It ends, or the trace does. */
  settle(slot: number): void {
    this.places.settle(slot);
    this.ranges.forget(slot);
  }

  #carrier(key: EncodedText, id: number): void {
    if (id === NONE) return;
    this.#events.argument(key);
    this.#events.number(id);
  }

  #endOn(slot: number, pseudo: string): void {
    if (slot === NONE) this.places.endPseudo(pseudo);
    else this.places.end(slot);
  }

  #state(slot: number, text: EncodedText, since: number, until: number, endStack: number): void {
    const events = this.#events;
    events.begin(text);
    events.time(since);
    events.duration(until - since);
    events.stack(this.#stack[slot] as number);
    events.endStack(endStack);
  }

  #end(slot: number, isCut: boolean): void {
    const isOld = this.#model.goroutines.sinceEdge[slot] === Edge.Cut;
    if (isCut || isOld) {
      this.#events.argument(CUT);
      this.#events.put(isCut ? NO_END : NO_BEGINNING);
    }
    this.places.end(slot);
  }

  #endArrow(slot: number, time: number): void {
    const arrow = this.#arrow[slot] as number;
    if (arrow === 0) return;
    this.#arrow[slot] = 0;
    this.#arrows.begin((this.#arrowHeads[slot] as ArrowHeads).end, time, arrow);
    this.places.end(slot);
  }

  #wait(reason: number): EncodedText {
    if (reason === NONE) return this.#waiting;
    let text = this.#waits[reason];
    if (text === undefined) {
      text = head(this.#model.reasons.text(reason) || WAITING, WAIT_CATEGORY, "X");
      this.#waits[reason] = text;
    }
    return text;
  }
}
