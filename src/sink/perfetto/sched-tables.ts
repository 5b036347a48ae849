import { NONE } from "../../base/ids.js";
import type { EventBlock } from "../../event/block.js";
import { EventKind } from "../../event/kind.js";
import type { SchedModel } from "../../sched/model.js";
import { SchedState } from "../../sched/state.js";
import { CpuStream, PrevState } from "./cpu-stream.js";
import type { PacketWriter } from "./packets.js";
import type { Threads } from "./threads.js";

const { Runnable, Running, Syscall, SyscallBlocked } = SchedState;

/** Perfetto refuses a whole file for a CPU number beyond this. */
const MAX_CPU = 1023;

/** What makes goroutines runnable without being one, as threads of the group "runtime". */
const NETPOLL = "netpoll or timer";
const SYSCALL_RETURNED = "system call returned";

/**
 * Perfetto's own scheduling tables, with goroutines as threads and Ps as CPUs. A goroutine in a system call
 * stays on its CPU as long as it has its P.
 */
export class SchedTables {
  readonly #packets: PacketWriter;
  readonly #threads: Threads;
  readonly #model: SchedModel;
  /** Absolute time of the start of the trace. */
  readonly #base: number;
  /** By P; undefined for those beyond Perfetto's limit. */
  readonly #cpus: (CpuStream | undefined)[] = [];

  constructor(packets: PacketWriter, threads: Threads, model: SchedModel, base: number) {
    this.#packets = packets;
    this.#threads = threads;
    this.#model = model;
    this.#base = base;
  }

  /** A goroutine goes into another state; the model still has the old one. */
  goroutine(slot: number, to: number, time: number, block: EventBlock, event: number): void {
    const { goroutines } = this.#model;
    const from = goroutines.state[slot] as number;
    const at = time + this.#base;
    const wasOn = from === Running || from === Syscall;
    if (to === Running || to === Syscall) {
      if (!wasOn) this.#start(block.proc[event] as number, at, this.#threads.tid(slot, goroutines));
    } else if (wasOn) {
      this.#cpu(goroutines.proc[slot] as number)?.switch(at, prevState(to), 0);
    }
    // Becoming runnable by stopping to run is told by the switch itself.
    if (to === Runnable && from !== Running)
      this.#wake(this.#threads.tid(slot, goroutines), from, at, block, event);
  }

  /** Ends what still runs, at the end of the trace, and writes everything. */
  finish(time: number): void {
    const { goroutines } = this.#model;
    goroutines.forEach((_id, slot) => {
      const state = goroutines.state[slot] as number;
      if (state !== Running && state !== Syscall) return;
      this.#cpu(goroutines.proc[slot] as number)?.switch(time + this.#base, PrevState.Runnable, 0);
    });
    for (const cpu of this.#cpus) cpu?.flush();
  }

  #start(proc: number, time: number, tid: number): void {
    const cpu = this.#cpu(proc);
    // A goroutine that ran when the trace began has run since then, unless its P is known to have done other things.
    cpu?.switch(Math.max(time, cpu.lastTime), PrevState.Runnable, tid);
  }

  #wake(tid: number, from: number, time: number, block: EventBlock, event: number): void {
    const proc = block.proc[event] as number;
    const returned = from === Syscall || from === SyscallBlocked;
    // The format's short form names no waker: it is whoever runs on that CPU.
    if (
      block.goroutine[event] !== NONE &&
      proc !== NONE &&
      !returned &&
      block.kind[event] !== EventKind.GoStatus
    ) {
      this.#cpu(proc)?.wake(time, tid);
      return;
    }
    const waker = this.#threads.pseudo(returned ? SYSCALL_RETURNED : NETPOLL);
    this.#cpu(proc === NONE ? 0 : proc)?.wakeFrom(time, waker, tid);
  }

  #cpu(proc: number): CpuStream | undefined {
    return this.#cpus[proc] ?? this.#addCpu(proc);
  }

  #addCpu(proc: number): CpuStream | undefined {
    if (proc < 0 || proc > MAX_CPU) return undefined;
    while (this.#cpus.length <= proc) this.#cpus.push(undefined);
    const cpu = new CpuStream(proc, this.#packets);
    // Perfetto takes the first switch only to know who runs; let that be nobody.
    cpu.switch(this.#base, PrevState.Runnable, 0);
    this.#cpus[proc] = cpu;
    return cpu;
  }
}

/** A goroutine that has ended is drawn as blank, like one that waits: "dead" would be painted to the end. */
function prevState(to: number): number {
  if (to === Runnable) return PrevState.Runnable;
  if (to === SyscallBlocked) return PrevState.Uninterruptible;
  return PrevState.Sleeping;
}
