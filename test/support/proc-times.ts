import type { EventBlock } from "../../src/event/block.js";
import type { SchedListener } from "../../src/sched/listener.js";
import { SchedModel } from "../../src/sched/model.js";
import { SchedState } from "../../src/sched/state.js";

/**
 * How long goroutines had a P, running or in a system call, by goroutine and by P: what Perfetto's scheduling
 * tables show as running. By the model, which is held to Go's own figures elsewhere.
 */
export class ProcTimesListener implements SchedListener {
  readonly model = new SchedModel(this);
  readonly byGoroutine = new Map<number, number>();
  readonly byProc = new Map<number, number>();
  /** Start functions, where known. */
  readonly names = new Map<number, string>();
  #block!: EventBlock;

  block(block: EventBlock): void {
    this.#block = block;
  }

  leave(slot: number, _to: number, _time: number, event: number): void {
    this.#count(slot, this.#block.time[event] as number);
  }

  enter(): void {}

  named(slot: number): void {
    const { goroutines, functions } = this.model;
    this.names.set(goroutines.id[slot] as number, functions.text(goroutines.func[slot] as number));
  }

  proc(): void {}
  other(): void {}

  finish(time: number): void {
    this.model.goroutines.forEach((_id, slot) => {
      this.#count(slot, time);
    });
  }

  #count(slot: number, time: number): void {
    const { goroutines } = this.model;
    const state = goroutines.state[slot];
    if (state !== SchedState.Running && state !== SchedState.Syscall) return;
    const duration = time - (goroutines.since[slot] as number);
    add(this.byGoroutine, goroutines.id[slot] as number, duration);
    add(this.byProc, goroutines.proc[slot] as number, duration);
  }
}

function add(times: Map<number, number>, key: number, duration: number): void {
  times.set(key, (times.get(key) ?? 0) + duration);
}
