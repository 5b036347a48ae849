import type { EventBlock } from "../../src/event/block.js";
import type { SchedListener } from "../../src/sched/listener.js";
import { SchedModel } from "../../src/sched/model.js";
import { SCHED_STATE_NAMES, SchedState } from "../../src/sched/state.js";

/** Nanoseconds by goroutine, state and, of a wait, reason: `7 waiting "select"`. */
export class StateSums implements SchedListener {
  readonly model = new SchedModel(this);
  readonly sums = new Map<string, number>();

  constructor(private readonly end = Number.NaN) {}

  block(_block: EventBlock): void {}
  enter(): void {}
  named(): void {}
  proc(): void {}
  other(): void {}

  leave(slot: number, _to: number, time: number): void {
    const { goroutines, reasons } = this.model;
    const state = goroutines.state[slot] as number;
    const reason = goroutines.reason[slot] as number;
    const why = state === SchedState.Waiting && reason >= 0 ? ` ${JSON.stringify(reasons.text(reason))}` : "";
    const duration = time - (goroutines.since[slot] as number);
    if (state === SchedState.None || duration === 0) return;
    const key = `${goroutines.id[slot]} ${SCHED_STATE_NAMES[state]}${why}`;
    this.sums.set(key, (this.sums.get(key) ?? 0) + duration);
  }

  finish(time: number): void {
    const end = Number.isNaN(this.end) ? time : this.end;
    this.model.goroutines.forEach((_, slot) => {
      this.leave(slot, SchedState.None, end);
    });
  }
}
