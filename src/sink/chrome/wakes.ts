import { NONE } from "../../base/ids.js";
import type { SlotIndex } from "../../base/slot-index.js";
import type { EncodedText } from "../../bytes/encoded-text.js";
import type { EventBlock } from "../../event/block.js";
import { EventKind, Wake } from "../../event/kind.js";
import { SpecialProc } from "../../event/special-procs.js";
import type { SchedModel } from "../../sched/model.js";
import type { StackTable } from "../stack-numbers.js";
import type { ArrowHeads, Arrows } from "./arrows.js";
import type { ProcLanes } from "./carrier-rows.js";
import type { CarrierRuns } from "./carrier-runs.js";
import { argument, CUT, type EventWriter, head, NO_BEGINNING } from "./event-writer.js";
import type { GoroutineNames } from "./goroutine-names.js";
import { Lane } from "./processes.js";
import type { RowContext } from "./row-context.js";
import type { Rows } from "./rows.js";

const SYSCALL_EXIT = head("exit blocked syscall", "go.syscall", "I");
const GOROUTINE = argument("goroutine");

/** Wakes: a zero-length slice on the waker's row, from which arrows lead to the runs. */
export class Wakes {
  readonly #model: SchedModel;
  readonly #events: EventWriter;
  readonly #names: GoroutineNames;
  readonly #arrows: Arrows;
  readonly #lanes: ProcLanes;
  readonly #slots: SlotIndex;
  readonly #rows: Rows;

  constructor({ model, events, names, arrows, lanes, slots }: RowContext, rows: Rows) {
    this.#model = model;
    this.#events = events;
    this.#names = names;
    this.#arrows = arrows;
    this.#lanes = lanes;
    this.#slots = slots;
    this.#rows = rows;
  }

  /** A wait ends; the model still has its reason. @param stack the waker's stack */
  unblocked(slot: number, time: number, stack: number, block: EventBlock, event: number): void {
    const reason = this.#model.goroutines.reason[slot] as number;
    this.#wake(slot, time, stack, reason, this.#arrows.unblock(reason), block, event, false);
  }

  created(slot: number, time: number, stack: number, block: EventBlock, event: number): void {
    this.#wake(slot, time, stack, NONE, this.#arrows.creation, block, event, false);
  }

  /** It became runnable before the part of the trace began: the arrows come from the edge. */
  before(slot: number, stacks: StackTable, block: EventBlock, event: number): void {
    const wake = block.value[event];
    if (wake === Wake.Returned) this.#runnableAgain(slot, 0, true);
    if (wake !== Wake.Unblocked && wake !== Wake.Created) return;
    const name = block.name[event] as number;
    const reason = name === 0 ? NONE : this.#model.reason(name);
    const heads = wake === Wake.Created ? this.#arrows.creation : this.#arrows.unblock(reason);
    const stack = stacks.of(block.stack[event] as number);
    this.#wake(slot, 0, stack, reason, heads, block, event, true);
  }

  /** A system call ends without a P. @param isRunnable false if the goroutine ends */
  returned(slot: number, time: number, isRunnable: boolean): void {
    if (isRunnable) {
      this.#runnableAgain(slot, time, false);
      return;
    }
    if (this.#rows.procs === undefined) return;
    const events = this.#events;
    const lane = this.#lanes.place(Lane.Syscalls);
    events.begin(SYSCALL_EXIT);
    events.time(time);
    events.argument(GOROUTINE);
    this.#names.value(slot);
    events.end(lane);
  }

  /** Its system call has ended without a P: Go's viewer shows that on no thread. */
  #runnableAgain(slot: number, time: number, isOld: boolean): void {
    const { procs } = this.#rows;
    if (procs === undefined) return;
    const { syscallExit } = this.#arrows;
    const from = this.#lanes.place(Lane.Syscalls);
    this.#source(slot, time, 0, syscallExit.source, from, isOld);
    procs.wake(slot, time, 0, syscallExit, from);
  }

  #wake(
    slot: number,
    time: number,
    stack: number,
    reason: number,
    heads: ArrowHeads,
    block: EventBlock,
    event: number,
    isOld: boolean,
  ): void {
    const { procs, threads, goroutines } = this.#rows;
    if (procs !== undefined) {
      const from = this.#procRow(procs, reason, block.proc[event] as number, block.kind[event] as number);
      this.#source(slot, time, stack, heads.source, from, isOld);
      procs.wake(slot, time, stack, heads, from);
    }
    const thread = block.thread[event] as number;
    if (threads !== undefined && thread !== NONE) {
      const from = threads.rows.place(thread);
      this.#source(slot, time, stack, heads.source, from, isOld);
      threads.wake(slot, time, stack, heads, from);
    }
    if (goroutines === undefined) return;
    const by = block.goroutine[event] as number;
    goroutines.wake(slot, time, stack, heads, by, this.#slots.get(by), isOld);
  }

  /** The network poller has a row of its own, as in Go's viewer. */
  #procRow(procs: CarrierRuns, reason: number, proc: number, kind: number): EncodedText {
    const isNetwork =
      kind !== EventKind.GoCreate && reason >= 0 && this.#model.reasons.text(reason).includes("network");
    if (isNetwork) return this.#lanes.place(Lane.Network);
    if (proc === SpecialProc.Timer) return this.#lanes.place(Lane.Timers);
    return proc === NONE ? this.#lanes.place(Lane.WithoutProc) : procs.rows.place(proc);
  }

  #source(
    slot: number,
    time: number,
    stack: number,
    text: EncodedText,
    where: EncodedText,
    isOld: boolean,
  ): void {
    const events = this.#events;
    events.begin(text);
    events.time(time);
    events.duration(0);
    events.stack(stack);
    events.argument(GOROUTINE);
    this.#names.value(slot);
    if (isOld) {
      events.argument(CUT);
      events.put(NO_BEGINNING);
    }
    events.end(where);
  }
}
