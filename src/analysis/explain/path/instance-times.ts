import { grown } from "../../../base/columns.js";
import { NONE } from "../../../base/ids.js";
import type { EventBlock } from "../../../event/block.js";
import { isUser, kindsThat } from "../../../event/kind.js";
import type { LinkLog } from "../../../event/link-log.js";
import type { Changes } from "../../../sched/changes.js";
import { Edge, SchedState } from "../../../sched/state.js";
import type { Analysis } from "../../analysis.js";
import { Histogram } from "../../histogram.js";
import { ProcSlots } from "../../proc-slots.js";
import { type Instance, Instances, type PathQuery } from "./instances.js";

const { None, Running } = SchedState;

/** How long regions, tasks or goroutines take: the first of two passes for {@link CriticalPaths}. */
export class InstanceTimes implements Analysis {
  readonly otherKinds = kindsThat(isUser);
  readonly durations = new Histogram();
  /** The slowest; of equal ones the first. */
  slowest: Instance | undefined;
  readonly #instances: Instances;
  readonly #running = new ProcSlots();
  #goroutine = new Float64Array(256).fill(NONE);
  #block!: EventBlock;
  #limits: readonly [p25: number, p75: number, p99: number] | undefined;

  /** @param linkLogs keys of logs that hold ids of the program's own tracing, besides the known ones */
  constructor(query: PathQuery, linkLogs?: readonly LinkLog[]) {
    this.#instances = new Instances(query, (instance) => this.#ended(instance), linkLogs);
  }

  /** Where the half in the middle begins and ends: if most take about as long, it is as wide as these differ. */
  get p25(): number {
    return this.#limit(0);
  }

  get p75(): number {
    return this.#limit(1);
  }

  get p99(): number {
    return this.#limit(2);
  }

  block(block: EventBlock): void {
    this.#block = block;
    this.#instances.block(block);
  }

  changes(changes: Changes): void {
    const { edge, event, from, goroutine, length, proc, slot: slots, to, toProc } = changes;
    const { time } = this.#block;
    for (let i = 0; i < length; i++) {
      const slot = slots[i] as number;
      const now = time[event[i] as number] as number;
      if (from[i] === None) {
        if (slot >= this.#goroutine.length) {
          const used = this.#goroutine.length;
          this.#goroutine = grown(this.#goroutine, slot + 1).fill(NONE, used);
        }
        this.#goroutine[slot] = goroutine[i] as number;
        this.#instances.begin(slot, now, edge[i] === Edge.Seen);
      }
      if (to[i] === None) this.#instances.end(slot, goroutine[i] as number, now);
      if (from[i] === Running && this.#running.get(proc[i] as number) === slot)
        this.#running.set(proc[i] as number, NONE);
      if (to[i] === Running) this.#running.set(toProc[i] as number, slot);
    }
  }

  other(event: number): void {
    const { goroutine, kind, proc } = this.#block;
    if (!isUser(kind[event] as number)) return;
    const slot = this.#running.get(proc[event] as number);
    const isIts = slot !== NONE && this.#goroutine[slot] === goroutine[event];
    this.#instances.event(event, isIts ? slot : NONE);
  }

  #ended(instance: Instance): void {
    const duration = instance.until - instance.since;
    this.durations.add(duration);
    const { slowest } = this;
    if (slowest === undefined || duration > slowest.until - slowest.since) this.slowest = instance;
  }

  /** Asked for every instance of the second pass. */
  #limit(at: 0 | 1 | 2): number {
    const { durations } = this;
    this.#limits ??= [durations.around(0.25)[0], durations.around(0.75)[1], durations.quantile(0.99)];
    return this.#limits[at];
  }
}
