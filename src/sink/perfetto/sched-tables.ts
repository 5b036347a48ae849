import { NONE } from "../../base/ids.js";
import type { EventBlock } from "../../event/block.js";
import { EventKind } from "../../event/kind.js";
import { GoState, ProcState } from "../../event/states.js";
import { CpuStream, PrevState } from "./cpu-stream.js";
import type { PacketWriter } from "./packets.js";
import type { Threads } from "./threads.js";

const K = EventKind;

/** Perfetto refuses a whole file for a CPU number beyond this. */
const MAX_CPU = 1023;

/** What makes goroutines runnable without being one, as threads of the group "runtime". */
const NETPOLL = "netpoll or timer";
const SYSCALL_RETURNED = "system call returned";

/**
 * Perfetto's own scheduling tables, with goroutines as threads and Ps as CPUs. A goroutine in a system call
 * stays on its CPU as long as it has its P.
 *
 * Reads the events themselves: for what the tables hold, hardly any state is needed, and a state machine in
 * between would double the time.
 */
export class SchedTables {
  readonly #packets: PacketWriter;
  readonly #threads: Threads;
  /** Absolute time of the start of the trace. */
  readonly #base: number;
  /** By P; undefined for those beyond Perfetto's limit. */
  readonly #cpus: (CpuStream | undefined)[] = [];

  constructor(packets: PacketWriter, threads: Threads, base: number) {
    this.#packets = packets;
    this.#threads = threads;
    this.#base = base;
  }

  /** Takes the events of a block. */
  block(block: EventBlock): void {
    const { kind, time, proc, slot: slots, length } = block;
    const { tids, named } = this.#threads;
    const cpus = this.#cpus;
    const base = this.#base;
    for (let i = 0; i < length; i++) {
      const k = kind[i] as number;
      if (k > K.GoSyscallEnd) {
        if (k <= K.ProcStatus) this.#rare(block, i, k);
        continue;
      }
      if (k === K.Sync) continue;
      const cpu = cpus[proc[i] as number];
      const slot = slots[i] as number;
      // Columns that have grown are new arrays: an unknown slot reads as undefined.
      if (cpu === undefined || tids !== this.#threads.tids || (named[slot] as number) !== 1)
        this.#rare(block, i, k);
      else if (k === K.GoStart)
        cpu.switch((time[i] as number) + base, PrevState.Runnable, tids[slot] as number);
      else if (k === K.GoStop) cpu.switch((time[i] as number) + base, PrevState.Runnable, 0);
      else if (k === K.GoBlock) cpu.switch((time[i] as number) + base, PrevState.Sleeping, 0);
      else if (k >= K.GoSyscallBegin) cpu.inSyscall = k === K.GoSyscallBegin ? slot : NONE;
      else if (block.goroutine[i] !== NONE) cpu.wake((time[i] as number) + base, tids[slot] as number);
      else this.#rare(block, i, k);
    }
  }

  /** Ends what still runs, at the end of the trace, and writes everything. */
  finish(time: number): void {
    for (const cpu of this.#cpus) {
      if (cpu !== undefined && cpu.running !== 0) cpu.switch(time + this.#base, PrevState.Runnable, 0);
      cpu?.flush();
    }
    this.#threads.finish();
  }

  /** Takes any transition of a goroutine or P. */
  #rare(block: EventBlock, i: number, kind: number): void {
    const slot = block.slot[i] as number;
    const goroutine = block.subject[i] as number;
    const proc = block.proc[i] as number;
    const at = (block.time[i] as number) + this.#base;
    switch (kind) {
      case K.GoStart:
        this.#cpu(proc)?.switch(at, PrevState.Runnable, this.#threads.tid(slot, goroutine));
        break;
      case K.GoStop:
        this.#nameByOwnStack(block, i);
        this.#cpu(proc)?.switch(at, PrevState.Runnable, 0);
        break;
      case K.GoBlock:
        this.#nameByOwnStack(block, i);
        this.#cpu(proc)?.switch(at, PrevState.Sleeping, 0);
        break;
      case K.GoUnblock:
      case K.GoSwitch:
        this.#wake(block, i, NETPOLL);
        break;
      case K.GoSyscallBegin:
        this.#nameByOwnStack(block, i);
        this.#setSyscall(proc, slot);
        break;
      case K.GoSyscallEnd:
        this.#setSyscall(proc, NONE);
        break;
      case K.GoSyscallEndBlocked:
        this.#wake(block, i, SYSCALL_RETURNED);
        break;
      case K.GoCreate:
        this.#create(block, i);
        this.#wake(block, i, NETPOLL);
        break;
      case K.GoCreateBlocked:
      case K.GoCreateSyscall:
        this.#create(block, i);
        break;
      case K.GoDestroy:
      case K.GoDestroySyscall:
        if (kind === K.GoDestroy) this.#cpu(proc)?.switch(at, PrevState.Sleeping, 0);
        this.#threads.end(slot, goroutine);
        break;
      case K.GoStatus:
        this.#status(block, i);
        break;
      default:
        if (block.to[i] === ProcState.Idle) this.#idle(goroutine, at);
    }
  }

  #create(block: EventBlock, i: number): void {
    const slot = block.slot[i] as number;
    const goroutine = block.subject[i] as number;
    this.#threads.start(slot, goroutine);
    if (block.kind[i] !== K.GoCreateSyscall) this.#name(block, i, block.subjectStack[i] as number);
  }

  /** A status tells something new only of a goroutine that was not known. It has been so since the trace began. */
  #status(block: EventBlock, i: number): void {
    const slot = block.slot[i] as number;
    const isNew = block.from[i] === GoState.Undetermined;
    if (isNew) this.#threads.start(slot, block.subject[i] as number);
    this.#nameByOwnStack(block, i);
    if (!isNew) return;
    const proc = block.proc[i] as number;
    const state = block.to[i];
    if (state === GoState.Running || (state === GoState.Syscall && proc !== NONE)) this.#ranBefore(block, i);
    if (state === GoState.Syscall && proc !== NONE) this.#setSyscall(proc, slot);
    if (state === GoState.Runnable)
      this.#wakeFrom(this.#cpu(0), this.#base, NETPOLL, slot, block.subject[i] as number);
  }

  #ranBefore(block: EventBlock, i: number): void {
    const cpu = this.#cpu(block.proc[i] as number);
    const tid = this.#threads.tid(block.slot[i] as number, block.subject[i] as number);
    // Since the trace began, unless the P is known to have done other things.
    cpu?.switch(cpu.lastTime, PrevState.Runnable, tid);
  }

  /** A P stops. If its goroutine is in a system call, that goes on without it. */
  #idle(proc: number, time: number): void {
    const cpu = this.#cpus[proc];
    if (cpu === undefined || cpu.inSyscall === NONE) return;
    cpu.inSyscall = NONE;
    cpu.switch(time, PrevState.Uninterruptible, 0);
  }

  /** The goroutine in a slot (or none) is in a system call with a P. */
  #setSyscall(proc: number, slot: number): void {
    const cpu = this.#cpu(proc);
    if (cpu !== undefined) cpu.inSyscall = slot;
  }

  /** A goroutine becomes runnable by whoever runs on the event's P, or by something that is no goroutine. */
  #wake(block: EventBlock, i: number, otherwise: string): void {
    const slot = block.slot[i] as number;
    const goroutine = block.subject[i] as number;
    const proc = block.proc[i] as number;
    const at = (block.time[i] as number) + this.#base;
    const cpu = this.#cpu(proc === NONE ? 0 : proc);
    // The format's short form names no waker: it is whoever runs on that CPU.
    if (proc !== NONE && block.goroutine[i] !== NONE && otherwise === NETPOLL) {
      cpu?.wake(at, this.#threads.tid(slot, goroutine));
    } else this.#wakeFrom(cpu, at, otherwise, slot, goroutine);
  }

  #wakeFrom(cpu: CpuStream | undefined, at: number, waker: string, slot: number, goroutine: number): void {
    cpu?.wakeFrom(at, this.#threads.pseudo(waker), this.#threads.tid(slot, goroutine));
  }

  /** Names a goroutine by the root of a stack of its own, if it has no name yet. */
  #nameByOwnStack(block: EventBlock, i: number): void {
    if (this.#threads.named[block.slot[i] as number] !== 1) this.#name(block, i, block.stack[i] as number);
  }

  #name(block: EventBlock, i: number, stack: number): void {
    const func = stack === 0 ? "" : (block.generation?.stacks.rootFunction(stack) ?? "");
    if (func !== "") this.#threads.name(block.slot[i] as number, block.subject[i] as number, func);
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
