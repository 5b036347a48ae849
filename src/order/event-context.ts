import { NONE } from "../base/ids.js";
import type { EventBlock } from "../event/block.js";
import { type EventKind, FROM_STATE, TO_STATE } from "../event/kind.js";

/** The context and time of the current event, and the block that receives ordered events. */
export class EventContext {
  /** The context of the event that is emitted next. A handler may change it. */
  thread = NONE;
  proc = NONE;
  goroutine = NONE;
  /**
   * Nanoseconds since the start of the trace. Fields that hold times start as NaN. If a field starts as a
   * small integer and becomes a double later, the engine discards compiled code.
   */
  time = Number.NaN;
  block!: EventBlock;
  /** Time of the last emitted event. */
  lastTime = Number.NaN;

  /**
   * Emits an event in the current context. The caller sets the other columns of its kind
   * ({@link EVENT_KINDS}) at the returned index.
   */
  emit(kind: EventKind, subject: number): number {
    const { block } = this;
    const i = block.length++;
    const time = this.time > this.lastTime ? this.time : this.lastTime + 1;
    this.lastTime = time;
    block.kind[i] = kind;
    block.time[i] = time;
    block.storedTime[i] = this.time;
    block.thread[i] = this.thread;
    block.proc[i] = this.proc;
    block.goroutine[i] = this.goroutine;
    block.subject[i] = subject;
    block.from[i] = FROM_STATE[kind] as number;
    block.to[i] = TO_STATE[kind] as number;
    return i;
  }

  /** Emits a transition of the goroutine in a slot. */
  emitGoroutine(kind: EventKind, goroutine: number, slot: number): number {
    const i = this.emit(kind, goroutine);
    this.block.slot[i] = slot;
    return i;
  }
}
