import { NONE } from "../../base/ids.js";
import { SchedState } from "../../sched/state.js";
import type { Steps } from "../trace-sink.js";
import { CarrierRows } from "./carrier-rows.js";
import { CarrierRuns } from "./carrier-runs.js";
import { GoroutinePlaces } from "./goroutine-places.js";
import { GoroutineRows } from "./goroutine-rows.js";
import type { ChromeChoices } from "./options.js";
import { Lane, Process } from "./processes.js";
import type { RowContext } from "./row-context.js";
import { UserRegions } from "./user-regions.js";

const { Runnable, Running, Waiting, Syscall } = SchedState;

/**
 * Bytes that the end of the trace writes for a P or thread: a run with its inner slices. {@link CarrierRuns.pending}
 * has its arrow.
 */
const RUN_BYTES = 400;
/** Bytes for a goroutine: its state, an arrow, and its row's name and order. */
const STATE_BYTES = 510;

/** The requested rows of Ps, threads and goroutines. */
export class Rows {
  readonly procs: CarrierRuns | undefined;
  threads: CarrierRuns | undefined;
  goroutines: GoroutineRows | undefined;
  /** On the rows of goroutines. */
  regions: UserRegions | undefined;
  readonly #context: RowContext;

  constructor(context: RowContext, { tracks, lean, group }: ChromeChoices) {
    this.#context = context;
    const { descriptions, lanes } = context;
    if (tracks.has("procs")) {
      const rows = new CarrierRows(descriptions, Process.Procs, "P", true);
      this.procs = new CarrierRuns(context, rows, () => lanes.place(Lane.WithoutProc));
    }
    if (tracks.has("threads")) {
      const rows = new CarrierRows(descriptions, Process.Threads, "M", false);
      this.threads = new CarrierRuns(context, rows, () => rows.nowhere("Without a thread"));
    }
    if (!tracks.has("goroutines")) return;
    const places = new GoroutinePlaces(context, group);
    this.goroutines = new GoroutineRows(context, places);
    if (!lean) this.regions = new UserRegions(context.events, places.end);
  }

  /** An upper estimate of the bytes that {@link finish} writes. @param alive number of live goroutines */
  pending(alive: number): number {
    const carriers = (this.procs?.rows.count ?? 0) + (this.threads?.rows.count ?? 0);
    const states = alive * (this.goroutines ? STATE_BYTES : 0);
    const waiting = this.goroutines?.places.waitingBytes ?? 0;
    const woken = (this.procs?.pending ?? 0) + (this.threads?.pending ?? 0);
    return carriers * RUN_BYTES + woken + states + waiting + (this.regions?.pending ?? 0);
  }

  /** A goroutine appears. */
  begin(slot: number): void {
    this.procs?.begin(slot);
    this.threads?.begin(slot);
    this.goroutines?.begin(slot);
  }

  /** A goroutine ends. */
  end(slot: number, time: number): void {
    this.regions?.finish(slot, time, false);
    this.goroutines?.settle(slot);
    this.procs?.end(slot);
    this.threads?.end(slot);
  }

  /** Ends what is open with the trace. */
  *finish(time: number): Steps {
    yield* this.#finishGoroutines(time);
    yield* this.#finishRuns(this.procs, time);
    yield* this.#finishRuns(this.threads, time);
  }

  /** Writes only the rows of Ps from here on. */
  *becomeLean(time: number): Steps {
    yield* this.#finishGoroutines(time);
    yield* this.#finishRuns(this.threads, time);
    this.threads = undefined;
    this.goroutines = undefined;
    this.regions = undefined;
  }

  *#finishGoroutines(time: number): Steps {
    const rows = this.goroutines;
    if (rows === undefined) return;
    const { goroutines } = this.#context.model;
    for (const slot of goroutines.live()) {
      const state = goroutines.state[slot] as number;
      if (state === Running) rows.runningEnd(slot, time, 0, true);
      else if (state === Waiting) rows.waitEnd(slot, time, 0, NONE, NONE, true);
      else if (state === Runnable) rows.runnableEnd(slot, time, true);
      else {
        const lost = state === Syscall ? Number.NaN : (goroutines.since[slot] as number);
        rows.syscallEnd(slot, time, lost, true);
      }
      this.regions?.finish(slot, time, true);
      rows.settle(slot);
      yield;
    }
  }

  *#finishRuns(runs: CarrierRuns | undefined, time: number): Steps {
    if (runs === undefined) return;
    const { goroutines } = this.#context.model;
    for (const slot of goroutines.live()) {
      runs.syscallEnd(slot, time);
      runs.stop(slot, time, 0, true);
      if (goroutines.state[slot] === Runnable) runs.stillRunnable(slot, time);
      yield;
    }
  }
}
