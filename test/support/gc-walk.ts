import type { Analysis } from "../../src/analysis/analysis.js";
import type { EventBlock } from "../../src/event/block.js";
import { EventKind } from "../../src/event/kind.js";
import { GoState } from "../../src/event/states.js";

const K = EventKind;
const STOPS = new Set<number>([K.GoStop, K.GoBlock, K.GoDestroy, K.GoSyscallEndBlocked]);

/**
 * Sums up what the GC leaves of the Ps, by an own walk over the events with sets of who does what: stop-the-world,
 * workers that use no idle P, assists and sweeps.
 */
export class GcWalk implements Analysis {
  /** The integral of the utilization over time, in nanoseconds. */
  left = 0;
  /** Whether a range was under way when the trace began: then it is counted from its mention on. */
  hasActive = false;
  #procs = 0;
  #stops = 0;
  #time = 0;
  readonly #onProc = new Map<number, number>();
  readonly #workers = new Set<number>();
  readonly #assists = new Set<number>();
  readonly #sweeps = new Set<number>();

  block(block: EventBlock): void {
    for (let i = 0; i < block.length; i++) {
      this.#pass(block.time[i] as number);
      this.#event(block, i, block.subject[i] as number);
    }
  }

  #pass(time: number): void {
    this.left += this.#utilization() * (time - this.#time);
    this.#time = time;
  }

  #utilization(): number {
    if (this.#procs === 0 || this.#stops > 0) return 0;
    const taken = new Set(this.#sweeps);
    for (const [goroutine, proc] of this.#onProc)
      if (this.#workers.has(goroutine) || this.#assists.has(goroutine)) taken.add(proc);
    return 1 - taken.size / this.#procs;
  }

  #event(block: EventBlock, i: number, subject: number): void {
    const kind = block.kind[i] as number;
    if (kind === K.ProcsChange) this.#procs = block.value[i] as number;
    else if (kind === K.GoStart) this.#onProc.set(subject, block.proc[i] as number);
    else if (kind === K.GoStatus && block.to[i] === GoState.Running)
      this.#onProc.set(subject, block.proc[i] as number);
    else if (STOPS.has(kind)) {
      this.#onProc.delete(subject);
      // One that is preempted goes on as a worker.
      if (kind !== K.GoStop) this.#workers.delete(subject);
    } else this.#gcEvent(block, i, kind, subject);
  }

  #gcEvent(block: EventBlock, i: number, kind: number, subject: number): void {
    const text = () => block.generation?.strings.text(block.name[i] as number) ?? "";
    if (kind === K.GoLabel && /^GC \((dedicated|fractional)\)$/.test(text())) this.#workers.add(subject);
    else if (kind === K.StwBegin) this.#stops += text().startsWith("GC ") ? 1 : 0;
    else if (kind === K.StwEnd) this.#stops -= text().startsWith("GC ") ? 1 : 0;
    else if (kind === K.AssistBegin) this.#assists.add(subject);
    else if (kind === K.AssistEnd) this.hasActive ||= !this.#assists.delete(subject);
    else if (kind === K.SweepBegin) this.#sweeps.add(subject);
    else if (kind === K.SweepEnd) this.#sweeps.delete(subject);
    else if (kind === K.AssistActive || kind === K.SweepActive) this.hasActive = true;
  }
}
