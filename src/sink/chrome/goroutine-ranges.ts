import { NONE } from "../../base/ids.js";
import type { SlotIndex } from "../../base/slot-index.js";
import type { EncodedText } from "../../bytes/encoded-text.js";
import type { EventBlock } from "../../event/block.js";
import { EventKind } from "../../event/kind.js";
import type { SchedModel } from "../../sched/model.js";
import { RangeNames } from "../../sched/ranges.js";
import { SchedState } from "../../sched/state.js";
import { head } from "./event-writer.js";
import type { RangePieces } from "./range-pieces.js";
import type { RowContext } from "./row-context.js";
import type { Rows } from "./rows.js";
import type { RuntimeRows } from "./runtime-rows.js";

const K = EventKind;
const { Running } = SchedState;

/** Mark assists and stop-the-world, on the rows of their goroutines and of the runtime. */
export class GoroutineRanges {
  readonly #model: SchedModel;
  readonly #slots: SlotIndex;
  readonly #runtime: RuntimeRows | undefined;
  readonly #rows: Rows;
  readonly #ranges = new RangeNames();
  /** The beginnings of slices, by number of the name. */
  readonly #heads: EncodedText[] = [];
  #block!: EventBlock;

  constructor({ model, slots }: RowContext, runtime: RuntimeRows | undefined, rows: Rows) {
    this.#model = model;
    this.#slots = slots;
    this.#runtime = runtime;
    this.#rows = rows;
  }

  block(block: EventBlock): void {
    this.#block = block;
    this.#ranges.block(block);
  }

  /** A range begins, ends or is reported as active. @param stack number of the event's stack */
  change(event: number, stack: number): void {
    const { subject, kind, time, generation } = this.#block;
    const at = time[event] as number;
    const text = this.#head(event);
    if (kind[event] === K.StwBegin)
      this.#runtime?.stopBegin(text, at, stack, generation?.isSnapshot === true);
    else if (kind[event] === K.StwEnd) this.#runtime?.stopEnd(text, at);
    const slot = this.#slots.get(subject[event] as number);
    if (slot === NONE) return;
    const { procs, threads, goroutines } = this.#rows;
    for (const runs of [procs, threads]) {
      runs?.change(slot, at);
      if (runs !== undefined)
        this.#on(
          runs.ranges,
          runs.since[slot] as number,
          slot,
          text,
          event,
          runs.beforeSyscall(slot, at),
          stack,
        );
    }
    if (goroutines === undefined) return;
    const { state, since } = this.#model.goroutines;
    const runSince = state[slot] === Running ? (since[slot] as number) : Number.NaN;
    this.#on(goroutines.ranges, runSince, slot, text, event, at, stack);
  }

  #on(
    ranges: RangePieces,
    runSince: number,
    slot: number,
    text: EncodedText,
    event: number,
    time: number,
    stack: number,
  ): void {
    const kind = this.#block.kind[event] as number;
    if (kind === K.AssistActive) ranges.active(slot, text, runSince);
    else if (kind === K.StwEnd || kind === K.AssistEnd) ranges.end(slot, text, runSince, time);
    else ranges.begin(slot, text, Number.isNaN(runSince) ? runSince : time, stack);
  }

  #head(event: number): EncodedText {
    const name = this.#ranges.of(this.#block, event);
    let text = this.#heads[name];
    if (text === undefined) {
      text = head(this.#ranges.names.text(name), "go.gc", "X");
      this.#heads[name] = text;
    }
    return text;
  }
}
