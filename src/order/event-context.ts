import { NONE } from "../base/ids.js";
import type { EventBlock } from "../event/block.js";
import { type EventKind, FROM_STATE, TO_STATE } from "../event/kind.js";

/** Where and when the event at hand happens, and the block into which ordered events are put. */
export class EventContext {
  /** The context that the event is given in. A handler may change it. */
  thread = NONE;
  proc = NONE;
  goroutine = NONE;
  /**
   * Nanoseconds since the start of the trace. Fields that hold times start as NaN: one that starts as a small integer and
   * becomes a double later makes the engine throw compiled code away.
   */
  time = Number.NaN;
  block!: EventBlock;
  /** Time of the last event given out. */
  lastTime = Number.NaN;

  /**
   * Gives out an event in the current context. The columns that its kind uses besides these ({@link EVENT_KINDS}) are
   * to be set at the index returned.
   */
  emit(kind: EventKind, subject: number): number {
    const { block } = this;
    const i = block.length++;
    const time = this.time > this.lastTime ? this.time : this.lastTime + 1;
    this.lastTime = time;
    block.kind[i] = kind;
    block.time[i] = time;
    block.thread[i] = this.thread;
    block.proc[i] = this.proc;
    block.goroutine[i] = this.goroutine;
    block.subject[i] = subject;
    block.from[i] = FROM_STATE[kind] as number;
    block.to[i] = TO_STATE[kind] as number;
    return i;
  }

  /** Gives out a transition of the goroutine in a slot. */
  emitGoroutine(kind: EventKind, goroutine: number, slot: number): number {
    const i = this.emit(kind, goroutine);
    this.block.slot[i] = slot;
    return i;
  }
}
