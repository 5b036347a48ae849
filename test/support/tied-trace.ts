import { Random } from "./simulator/random.js";
import { V1TraceBuilder } from "./trace-v1-builder.js";

const MAIN = 1;
const EVENTS = 400;
const START = 1000;
const NONE = 0;

/** A P and what it writes. */
interface Proc {
  readonly id: number;
  readonly parts: Uint8Array[];
  /** Ticks of its last event. */
  ticks: number;
  /** The thread that has it, and the goroutine that it runs. */
  thread: number;
  goroutine: number;
}

interface Goroutine {
  state: "runnable" | "running" | "waiting" | "syscall";
  /** The number that the next event of its life has. */
  sequence: number;
  /** The thread on which it is in a system call. */
  thread: number;
}

/**
 * A made-up trace of format 1.19 in which several Ps do things at the same ticks all the time: goroutines that are created, woken
 * and started on one another's Ps, and events that wait for nobody. With system calls: Ps are taken away from threads that have
 * started others in the meantime.
 */
export function tiedTrace(seed: number, procs: number, hasSyscalls = false): Uint8Array {
  return new TiedProgram(seed, procs, hasSyscalls).bytes();
}

class TiedProgram {
  readonly #random: Random;
  readonly #trace = new V1TraceBuilder(19);
  readonly #goroutines = new Map<number, Goroutine>();
  readonly #procs: Proc[];
  readonly #hasSyscalls: boolean;
  #ticks = START;
  #threads = 100;
  #created = MAIN;

  constructor(seed: number, procs: number, hasSyscalls: boolean) {
    this.#random = new Random(seed);
    this.#hasSyscalls = hasSyscalls;
    this.#procs = Array.from({ length: procs }, (_, id) => ({
      id,
      parts: [],
      ticks: NONE,
      thread: NONE,
      goroutine: NONE,
    }));
  }

  bytes(): Uint8Array {
    const [first] = this.#procs as [Proc];
    this.#create(first);
    this.#take(first, ++this.#threads);
    this.#start(first, MAIN);
    this.#put(first, "Gomaxprocs", this.#procs.length, 0);
    // What Go's tools and ours tell of the beginning differs.
    this.#ticks += 100;
    for (const _ of this.#procs) this.#create(first);
    for (let i = 0; i < EVENTS; i++) {
      this.#pass();
      this.#act(this.#random.pick(this.#procs));
    }
    for (const { parts } of this.#procs) this.#trace.add(...parts);
    return this.#trace.add(this.#trace.frequency(1e9)).bytes();
  }

  #act(proc: Proc): void {
    if (proc.thread === NONE) this.#take(proc, ++this.#threads);
    else if (proc.goroutine === NONE) this.#schedule(proc);
    else if (this.#of(proc.goroutine).state === "syscall") this.#return(proc);
    else this.#run(proc);
  }

  #run(proc: Proc): void {
    const random = this.#random;
    const waiting = this.#those("waiting");
    if (random.chance(0.3)) this.#put(proc, "HeapAlloc", this.#ticks);
    else if (random.chance(0.2)) this.#create(proc);
    else if (random.chance(0.25)) this.#stop(proc, "GoSched", "runnable", 0);
    else if (this.#hasSyscalls && random.chance(0.5)) {
      this.#put(proc, "GoSysCall", 0);
      Object.assign(this.#of(proc.goroutine), { state: "syscall", thread: proc.thread });
    } else if (waiting.length > 0 && random.chance(0.6))
      this.#wake(proc, random.pick(waiting), "GoUnblock", 0);
    else if (this.#those("running").length > 1) this.#stop(proc, "GoBlockRecv", "waiting", 0);
  }

  #schedule(proc: Proc): void {
    const runnable = this.#those("runnable");
    const outside = this.#those("syscall").filter((id) => !this.#procs.some((p) => p.goroutine === id));
    if (runnable.length > 0 && this.#random.chance(0.7)) this.#start(proc, this.#random.pick(runnable));
    else if (outside.length > 0) this.#exit(proc, this.#random.pick(outside));
    else {
      this.#put(proc, "ProcStop");
      proc.thread = NONE;
    }
  }

  /** The goroutine of a P is back from its system call: with its P, or that is taken away, perhaps while its thread takes another one. */
  #return(proc: Proc): void {
    const { goroutine, thread } = proc;
    const idle = this.#procs.find((other) => other.thread === NONE);
    if (this.#random.chance(0.3)) {
      this.#of(goroutine).state = "running";
      return;
    }
    const isLate = idle !== undefined && this.#random.chance(0.7);
    if (isLate) this.#take(idle, thread);
    this.#pass();
    this.#stop(proc, "GoSysBlock", "syscall");
    this.#put(proc, "ProcStop");
    proc.thread = NONE;
    if (!isLate) return;
    this.#pass();
    this.#exit(idle, goroutine);
    if (this.#random.chance(0.7)) this.#start(idle, goroutine);
  }

  #exit(proc: Proc, goroutine: number): void {
    this.#wake(proc, goroutine, "GoSysExit", this.#random.chance(0.5) ? 0 : this.#ticks);
  }

  #create(proc: Proc): void {
    this.#put(proc, "GoCreate", this.#created, 0, 0);
    this.#goroutines.set(this.#created++, { state: "runnable", sequence: 1, thread: NONE });
  }

  #take(proc: Proc, thread: number): void {
    this.#put(proc, "ProcStart", thread);
    proc.thread = thread;
  }

  #start(proc: Proc, goroutine: number): void {
    this.#put(proc, "GoStart", goroutine, this.#of(goroutine).sequence++);
    this.#of(goroutine).state = "running";
    proc.goroutine = goroutine;
  }

  #stop(proc: Proc, name: string, state: Goroutine["state"], ...args: number[]): void {
    this.#put(proc, name, ...args);
    this.#of(proc.goroutine).state = state;
    proc.goroutine = NONE;
  }

  #wake(proc: Proc, goroutine: number, name: string, last: number): void {
    this.#put(proc, name, goroutine, this.#of(goroutine).sequence++, last);
    this.#of(goroutine).state = "runnable";
  }

  #put(proc: Proc, name: string, ...args: number[]): void {
    if (proc.parts.length === 0 || this.#random.chance(0.02)) {
      proc.parts.push(this.#trace.batch(proc.id, 0, this.#ticks));
      proc.ticks = this.#ticks;
    }
    proc.parts.push(this.#trace.event(name, this.#ticks - proc.ticks, ...args));
    proc.ticks = this.#ticks;
  }

  /** Time passes, or does not. */
  #pass(): void {
    if (this.#random.chance(0.3)) this.#ticks++;
  }

  #of(goroutine: number): Goroutine {
    return this.#goroutines.get(goroutine) as Goroutine;
  }

  #those(state: Goroutine["state"]): number[] {
    return [...this.#goroutines].filter(([, goroutine]) => goroutine.state === state).map(([id]) => id);
  }
}
