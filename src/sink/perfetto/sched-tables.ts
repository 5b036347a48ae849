import { isLeftOut, NONE } from "../../base/ids.js";
import { type EventBlock, MAX_BLOCK, statusProc } from "../../event/block.js";
import type { Generation } from "../../event/generation.js";
import { EventKind, isScheduling, isTransition } from "../../event/kind.js";
import { SpecialProc } from "../../event/special-procs.js";
import { GoState, ProcState } from "../../event/states.js";
import type { Wrappers } from "../../sched/wrappers.js";
import type { Steps } from "../trace-sink.js";
import type { Coroutines } from "./coroutines.js";
import { CpuStream, MAX_CPU, PrevState } from "./cpu-stream.js";
import { BOOTTIME, type PacketWriter, Sequence } from "./packets.js";
import type { StartFunction, Threads } from "./threads.js";

const K = EventKind;

/** By kind, for starts and blocks of goroutines: why the previous thread leaves the CPU. */
const LEAVES = new Uint8Array(16);
LEAVES[K.GoStart] = PrevState.Runnable;
LEAVES[K.GoBlock] = PrevState.Sleeping;

/** By kind: all bits if the goroutine enters the CPU, none if the CPU becomes idle. */
const ENTERS = new Int32Array(16);
ENTERS[K.GoStart] = -1;

/** Perfetto's numbers for states of a thread that does not run. */
const TaskState = { Sleeping: 4, Uninterruptible: 5 } as const;
/** The priority of a normal thread, as in all the scheduling tables. */
const PRIORITY = 120;

/** Wakers other than goroutines, as threads of the group "runtime". */
export const NETPOLL = "netpoll or timer";
/** A goroutine that the file describes no further. */
export const ANOTHER_GOROUTINE = "another goroutine";
const SYSCALL_RETURNED = "system call returned";
/** Waker of goroutines that were runnable when the trace began, because the real one is unknown. */
const BEFORE_THE_TRACE = "before the trace";

/**
 * Perfetto's own scheduling tables, with goroutines as threads and Ps as CPUs. A goroutine in a system call
 * stays on its CPU as long as it has its P.
 *
 * It reads the events themselves, because the tables need little state, and a state machine would double the
 * time.
 */
export class SchedTables {
  readonly #packets: PacketWriter;
  readonly #threads: Threads;
  readonly #wrappers: Wrappers;
  readonly #coroutines: Coroutines;
  /** Absolute time of the start of the trace. */
  readonly #base: number;
  /** By P + 1; undefined for "no P" and beyond Perfetto's limit. */
  readonly #cpus: (CpuStream | undefined)[] = [undefined];

  /** The events of the last block, by index, from GoStatus on as kinds are numbered: `others[0, othersLength)`. */
  readonly others = new Int32Array(MAX_BLOCK);
  othersLength = 0;

  /** The functions at the roots of stacks, by the index of a stack of the generation. */
  #functions: (StartFunction | undefined)[] = [];
  #generation: Generation | undefined;
  #lanes!: Int32Array;

  constructor(
    packets: PacketWriter,
    threads: Threads,
    base: number,
    wrappers: Wrappers,
    coroutines: Coroutines,
  ) {
    this.#coroutines = coroutines;
    this.#wrappers = wrappers;
    this.#packets = packets;
    this.#threads = threads;
    this.#base = base;
  }

  /**
   * Takes the transitions of goroutines and Ps of a block.
   *
   * The processor cannot predict the next kind well. So the three most frequent kinds share one path, which
   * also records the events for other consumers ({@link others}).
   *
   * @param resumes by index of an event: 1 if it continues the run that a yield interrupted, see `Yields`
   * @param lanes by index of an event: the lane on which a goroutine begins, see `Lanes`
   */
  block(block: EventBlock, resumes: Uint8Array, lanes: Int32Array): void {
    const { kind, time, proc, slot: slots, length } = block;
    const threads = this.#threads;
    let { tids, named } = threads;
    const cpus = this.#cpus;
    const base = this.#base;
    this.othersLength = 0;
    this.#lanes = lanes;
    if (block.generation !== this.#generation) this.#enter(block.generation);
    for (let i = 0; i < length; i++) {
      const k = kind[i] as number;
      const cpu = cpus[(proc[i] as number) + 1];
      const slot = slots[i] as number;
      const isPlain = k <= K.GoSyscallEnd && k !== K.Sync && cpu !== undefined && named[slot] === 1;
      if (resumes[i] === 1) {
        this.#cpu(proc[i] as number)?.resume();
      } else if (isPlain && k === K.GoStop) {
        cpu.yield((time[i] as number) + base);
      } else if (isPlain && k <= K.GoBlock) {
        const at = (time[i] as number) + base;
        cpu.switch(at, LEAVES[k] as number, (tids[slot] as number) & (ENTERS[k] as number));
      } else if (isPlain && k >= K.GoSyscallBegin) {
        cpu.inSyscall = k === K.GoSyscallBegin ? slot : NONE;
      } else if (isPlain && (block.goroutine[i] as number) >= 0) {
        cpu.wake((time[i] as number) + base, tids[slot] as number);
      } else {
        this.#other(block, i, k);
        // Columns that grew are new arrays.
        tids = threads.tids;
        named = threads.named;
      }
    }
  }

  /** About how many bytes {@link finish} writes. */
  get pending(): number {
    let bytes = this.#threads.pending;
    for (const cpu of this.#cpus) bytes += cpu?.pending ?? 0;
    return bytes;
  }

  /** Rows of goroutines so far. */
  get rows(): number {
    return this.#threads.rows;
  }

  /** Ends running threads at the end of the trace, and writes the rest. */
  *finish(time: number): Steps {
    const end = time + this.#base;
    const cpus = this.#cpus.filter((cpu) => cpu !== undefined);
    for (const cpu of cpus) cpu.settle();
    const running = cpus.filter((cpu) => cpu.running !== 0);
    for (const cpu of running) cpu.switch(end, PrevState.Runnable, 0);
    // Perfetto ends a trace at its last event, so there must be one at the end even if nothing runs.
    if (running.length === 0) cpus[0]?.switch(end, PrevState.Sleeping, 0);
    for (const cpu of cpus) cpu.flush();
    yield* this.#threads.finish();
  }

  #enter(generation: Generation | undefined): void {
    this.#generation = generation;
    this.#functions = [];
  }

  #other(block: EventBlock, i: number, kind: number): void {
    if (kind === K.Sync) return;
    if (isScheduling(kind)) this.#rare(block, i, kind);
    if (!isTransition(kind)) this.others[this.othersLength++] = i;
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
        this.#cpu(proc)?.yield(at);
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
        this.#create(block, i);
        break;
      case K.GoCreateSyscall:
        this.#create(block, i);
        this.#setState(at, this.#threads.tid(slot, goroutine), TaskState.Uninterruptible);
        break;
      case K.GoDestroy:
        this.#cpu(proc)?.switch(at, PrevState.Sleeping, 0);
        this.#threads.end(slot, goroutine);
        break;
      case K.GoDestroySyscall:
        this.#setState(at, this.#threads.tid(slot, goroutine), TaskState.Sleeping);
        this.#threads.end(slot, goroutine, true);
        break;
      case K.GoStatus:
      case K.GoSnapshot:
        this.#status(block, i);
        break;
      default:
        if (block.to[i] === ProcState.Idle) this.#idle(goroutine, at);
    }
  }

  #create(block: EventBlock, i: number): void {
    const slot = block.slot[i] as number;
    const goroutine = block.subject[i] as number;
    const isCgo = block.kind[i] === K.GoCreateSyscall;
    this.#threads.start(slot, goroutine, isCgo, this.#lanes[i]);
    const coroutine = this.#coroutines.nameOf(block, i);
    if (coroutine !== "") this.#threads.name(slot, goroutine, this.#threads.function(coroutine));
    else if (!isCgo) this.#name(block, i, block.subjectStack[i] as number);
  }

  /** A status matters only for an unknown goroutine, which has had it since the trace began. */
  #status(block: EventBlock, i: number): void {
    const slot = block.slot[i] as number;
    const isNew = block.from[i] === GoState.Undetermined;
    if (isNew) this.#threads.start(slot, block.subject[i] as number);
    const isSnapshot = block.kind[i] === K.GoSnapshot;
    if (this.#threads.named[slot] !== 1)
      this.#name(block, i, (isSnapshot ? block.subjectStack : block.stack)[i] as number);
    if (!isNew) return;
    const proc = statusProc(block, i);
    const state = block.to[i];
    if (state === GoState.Running || (state === GoState.Syscall && proc !== NONE)) this.#ranBefore(block, i);
    if (state === GoState.Syscall && proc !== NONE) this.#setSyscall(proc, slot);
    if (state === GoState.Syscall && proc === NONE)
      this.#setState(
        this.#base,
        this.#threads.tid(slot, block.subject[i] as number),
        TaskState.Uninterruptible,
      );
    if (state === GoState.Runnable)
      this.#wakeFrom(this.#cpu(0), this.#base, BEFORE_THE_TRACE, slot, block.subject[i] as number);
  }

  #ranBefore(block: EventBlock, i: number): void {
    const cpu = this.#cpu(block.proc[i] as number);
    const tid = this.#threads.tid(block.slot[i] as number, block.subject[i] as number);
    cpu?.settle();
    // Since the trace began, unless the P has done other things.
    cpu?.switch(cpu.lastTime, PrevState.Runnable, tid);
  }

  /** A P stops. A system call of its goroutine continues without it. */
  #idle(proc: number, time: number): void {
    const cpu = this.#cpus[proc + 1];
    if (cpu === undefined || cpu.inSyscall === NONE) return;
    cpu.inSyscall = NONE;
    cpu.switch(time, PrevState.Uninterruptible, 0);
  }

  /** A goroutine on no P changes its state. The format's compact form covers CPUs only. */
  #setState(time: number, tid: number, state: number): void {
    this.#packets.packet({
      timestamp: time,
      timestamp_clock_id: BOOTTIME,
      trusted_packet_sequence_id: Sequence.Sched,
      generic_kernel_task_state_event: { tid, state, prio: PRIORITY },
    });
  }

  /** The goroutine in a slot (or none) is in a system call with a P. */
  #setSyscall(proc: number, slot: number): void {
    const cpu = this.#cpu(proc);
    if (cpu !== undefined) cpu.inSyscall = slot;
  }

  /** A goroutine becomes runnable. The waker runs on the event's P, or is not a goroutine. */
  #wake(block: EventBlock, i: number, otherwise: string): void {
    const slot = block.slot[i] as number;
    const goroutine = block.subject[i] as number;
    const proc = block.proc[i] as number;
    const at = (block.time[i] as number) + this.#base;
    const isOnProc = proc !== NONE && proc < SpecialProc.Timer;
    const cpu = this.#cpu(isOnProc ? proc : 0);
    const by = block.goroutine[i] as number;
    // The format's compact form has no waker: it is the thread that runs on the CPU.
    if (by >= 0 && otherwise === NETPOLL) {
      const tid = this.#threads.tid(slot, goroutine);
      if (isOnProc) cpu?.wake(at, tid);
      else cpu?.wakeFrom(at, this.#threads.tidOf(by), tid);
      return;
    }
    const waker = isLeftOut(by) && otherwise === NETPOLL ? ANOTHER_GOROUTINE : otherwise;
    this.#wakeFrom(cpu, at, waker, slot, goroutine);
  }

  #wakeFrom(cpu: CpuStream | undefined, at: number, waker: string, slot: number, goroutine: number): void {
    cpu?.wakeFrom(at, this.#threads.pseudo(waker).tid, this.#threads.tid(slot, goroutine));
  }

  /** Names a goroutine by its own stack, if it has no name yet. */
  #nameByOwnStack(block: EventBlock, i: number): void {
    if (this.#threads.named[block.slot[i] as number] !== 1) this.#name(block, i, block.stack[i] as number);
  }

  #name(block: EventBlock, i: number, stack: number): void {
    const func = this.#functions[stack] ?? this.#lookUp(block, stack);
    if (func === undefined) return;
    this.#threads.name(block.slot[i] as number, block.subject[i] as number, func, stack);
  }

  /** The function that names goroutines with a stack, cached for others: the start function, or that within its wrappers. */
  #lookUp(block: EventBlock, stack: number): StartFunction | undefined {
    const stacks = block.generation?.stacks;
    const name = stack === 0 ? "" : (stacks?.startFunction(stack) ?? "");
    if (stacks === undefined || name === "") return undefined;
    const within = this.#wrappers.has(name) ? this.#wrappers.within(stacks.frames(stack)) : name;
    const func = within === "" ? this.#threads.wrapper(name) : this.#threads.function(within);
    while (this.#functions.length <= stack) this.#functions.push(undefined);
    this.#functions[stack] = func;
    return func;
  }

  #cpu(proc: number): CpuStream | undefined {
    return this.#cpus[proc + 1] ?? this.#addCpu(proc);
  }

  #addCpu(proc: number): CpuStream | undefined {
    if (proc < 0 || proc > MAX_CPU) return undefined;
    while (this.#cpus.length <= proc + 1) this.#cpus.push(undefined);
    const cpu = new CpuStream(proc, this.#packets);
    // Perfetto uses the first switch only to learn what runs; here nothing does.
    cpu.switch(this.#base, PrevState.Runnable, 0);
    this.#cpus[proc + 1] = cpu;
    return cpu;
  }
}
