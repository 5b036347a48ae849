import type { Random } from "./random.js";

/** What the runtime of the simulated program knows of a goroutine. */
export interface Goroutine {
  readonly id: number;
  state: "runnable" | "running" | "waiting" | "syscall";
  /** Where it runs or is in a system call. */
  thread: Thread | undefined;
  readonly func: string;
  /** Whether a thread of C made it. */
  readonly isFromC: boolean;
  /** Whether it was there before the trace. */
  readonly isOld: boolean;
  /** Whether the trace mentions it yet. */
  isMentioned: boolean;
  /** Generation in which its status was told last. */
  told: number;
  sequence: number;
  inAssist: boolean;
  readonly regions: { readonly task: number; readonly name: string }[];
}

export interface Proc {
  readonly id: number;
  /** "abandoned" is one whose goroutine ended in a system call, and that nobody has taken yet. */
  state: "idle" | "running" | "syscall" | "abandoned";
  /** Who has it. */
  thread: Thread | undefined;
  /** Id of the thread that abandoned it. */
  abandonedBy: number;
  isMentioned: boolean;
  told: number;
  sequence: number;
  isSweeping: boolean;
  /** Whether a reader knows only that it was abandoned: it looks idle then. */
  looksIdle: boolean;
}

export interface Thread {
  readonly id: number;
  proc: Proc | undefined;
  goroutine: Goroutine | undefined;
  /** Whether it is in the trace yet, and what it carries as far as the trace tells. */
  isMentioned: boolean;
  shownProc: number;
  shownGoroutine: number;
}

export const FUNCTIONS = [
  "main.main",
  "main.worker",
  "main.serve·2",
  "runtime.bgsweep",
  "net/http.(*conn).serve",
];

/** The goroutines, Ps and threads of a simulated program. */
export class World {
  readonly threads: Thread[] = [];
  readonly procs: Proc[] = [];
  readonly goroutines: Goroutine[] = [];
  /** Ids of ended goroutines of C's threads, which are used again if that is allowed. */
  readonly freeIds: number[] = [];
  readonly #random: Random;
  readonly #reusesIds: boolean;
  #nextId: number;

  /**
   * @param reusesIds whether a goroutine of C may have the id of one that ended
   * @param most of each there are when the trace starts
   */
  constructor(random: Random, reusesIds: boolean, most = { threads: 10, procs: 6, goroutines: 20 }) {
    this.#random = random;
    this.#reusesIds = reusesIds;
    this.#nextId = random.between(1, 40);
    const threads = random.between(2, most.threads);
    for (let i = 0; i < threads; i++) this.#addThread(random.chance(0.1) ? 2 ** 40 + i : 4000 + 7 * i);
    const procs = random.between(1, most.procs);
    for (let i = 0; i < procs; i++) this.addProc();
    const goroutines = random.between(1, most.goroutines);
    for (let i = 0; i < goroutines; i++) this.#addOld();
    this.#start();
  }

  addProc(): Proc {
    const proc: Proc = {
      id: this.procs.length,
      state: "idle",
      thread: undefined,
      abandonedBy: -1,
      isMentioned: false,
      told: 0,
      sequence: 0,
      isSweeping: false,
      looksIdle: false,
    };
    this.procs.push(proc);
    return proc;
  }

  /** A goroutine of which the trace tells the creation. */
  add(state: Goroutine["state"], func: string, isFromC: boolean): Goroutine {
    const reused = isFromC && this.#reusesIds && this.#random.chance(0.7) ? this.freeIds.pop() : undefined;
    return this.#add(reused ?? this.#newId(), state, func, isFromC, false);
  }

  /** It ends. */
  remove(goroutine: Goroutine): void {
    this.goroutines.splice(this.goroutines.indexOf(goroutine), 1);
    if (goroutine.isFromC) this.freeIds.push(goroutine.id);
  }

  /** One of those in a state; undefined if there is none. */
  pick(state: Goroutine["state"]): Goroutine | undefined {
    const all = this.goroutines.filter((goroutine) => goroutine.state === state);
    return all.length === 0 ? undefined : this.#random.pick(all);
  }

  pickProc(...states: readonly Proc["state"][]): Proc | undefined {
    const all = this.procs.filter(({ state }) => states.includes(state));
    return all.length === 0 ? undefined : this.#random.pick(all);
  }

  #newId(): number {
    this.#nextId += this.#random.between(1, 4);
    return this.#nextId;
  }

  #addThread(id: number): void {
    this.threads.push({
      id,
      proc: undefined,
      goroutine: undefined,
      isMentioned: false,
      shownProc: -1,
      shownGoroutine: -1,
    });
  }

  #addOld(): void {
    const random = this.#random;
    const state = random.chance(0.5) ? "runnable" : "waiting";
    const goroutine = this.#add(this.#newId(), state, random.pick(FUNCTIONS), false, true);
    goroutine.inAssist = random.chance(0.15);
  }

  #add(id: number, state: Goroutine["state"], func: string, isFromC: boolean, isOld: boolean): Goroutine {
    const goroutine: Goroutine = {
      id,
      state,
      thread: undefined,
      func,
      isFromC,
      isOld,
      isMentioned: false,
      told: 0,
      sequence: 0,
      inAssist: false,
      regions: [],
    };
    this.goroutines.push(goroutine);
    return goroutine;
  }

  /** Lets some goroutines run, or be in system calls with and without a P, as when the trace starts. */
  #start(): void {
    const random = this.#random;
    for (const thread of this.threads) {
      const proc = this.procs.find(({ state }) => state === "idle");
      const hasProc = proc !== undefined && random.chance(0.7);
      const goroutine = random.chance(0.8) ? this.pick("runnable") : undefined;
      const isInSyscall =
        goroutine !== undefined && !goroutine.inAssist && random.chance(hasProc ? 0.3 : 0.5);
      if (hasProc) {
        proc.thread = thread;
        thread.proc = proc;
        proc.state = isInSyscall ? "syscall" : "running";
        proc.isSweeping = !isInSyscall && random.chance(0.15);
      }
      if (goroutine === undefined || !(hasProc || isInSyscall)) continue;
      goroutine.state = isInSyscall ? "syscall" : "running";
      goroutine.thread = thread;
      thread.goroutine = goroutine;
    }
  }
}
