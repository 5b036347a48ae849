import { type ParsedEvent, transitionOf } from "./go-parsed.js";

/** A stretch of a goroutine's life; times are those of the text. */
export interface GoInterval {
  readonly goroutine: number;
  readonly begin: number;
  readonly end: number;
}

/** A wait: why, where it began, and who ended it (−1 for no goroutine) and where. */
export interface GoWait extends GoInterval {
  readonly reason: string;
  readonly stack: string;
  readonly endStack: string;
  readonly by: number;
}

/** Running, or in a system call, on what the number says: a P or a thread. */
export interface GoRun extends GoInterval {
  readonly on: number;
}

interface Goroutine {
  state: string;
  /** Whether it was running before. */
  didYield: boolean;
  since: number;
  reason: string;
  stack: string;
  /** The P it has and since when it has it or does without; the thread it is on, likewise. */
  proc: number;
  procSince: number;
  thread: number;
  threadSince: number;
}

/**
 * What goroutines did and when, by a walk over the official text. What is in a state when it is first mentioned has been
 * so since the trace began; what is under way at the end ends there.
 */
export class GoIntervals {
  readonly runnable: GoInterval[] = [];
  /** From a yield or preemption to the next run, with the stack where it began. */
  readonly yields: (GoInterval & { readonly reason: string; readonly stack: string })[] = [];
  /** Running, not in a system call. */
  readonly running: GoInterval[] = [];
  readonly waits: GoWait[] = [];
  /** System calls, with the stack where each began in `stack`. */
  readonly syscalls: (GoInterval & { readonly stack: string })[] = [];
  readonly withoutProc: GoInterval[] = [];
  /** Runs by P; a system call belongs to it as long as the P is there. */
  readonly onProc: GoRun[] = [];
  /** Runs by thread, to which all of a system call belongs. */
  readonly onThread: GoRun[] = [];
  readonly #goroutines = new Map<number, Goroutine>();
  readonly #start: number;
  #time: number;

  constructor(start: number) {
    this.#start = start;
    this.#time = start;
  }

  /** Time of the last event. */
  get end(): number {
    return this.#time;
  }

  event(event: ParsedEvent): void {
    this.#time = event.time;
    if (event.kind !== "StateTransition") return;
    const { of, id, from, to, reason } = transitionOf(event);
    if (of === "ProcID") {
      if (to === "Idle") this.#idle(id);
    } else if (from !== to) this.#change(id, from, to, reason, event);
  }

  finish(): void {
    for (const [id, goroutine] of this.#goroutines) this.#leave(id, goroutine, "", undefined);
  }

  #change(id: number, from: string, to: string, reason: string, event: ParsedEvent): void {
    const known = this.#goroutines.get(id);
    if (known !== undefined) this.#leave(id, known, to, event);
    if (to === "NotExist") this.#goroutines.delete(id);
    else this.#enter(id, known, from, to, reason, event);
  }

  #enter(
    id: number,
    known: Goroutine | undefined,
    from: string,
    to: string,
    reason: string,
    event: ParsedEvent,
  ): void {
    const since = from === "Undetermined" ? this.#start : this.#time;
    const goroutine: Goroutine = known ?? {
      ...{ state: to, didYield: false, since, reason, stack: "" },
      ...{ proc: -1, procSince: since, thread: -1, threadSince: since },
    };
    goroutine.state = to;
    goroutine.didYield = from === "Running";
    goroutine.since = since;
    goroutine.reason = reason;
    goroutine.stack = event.transitionStack;
    this.#goroutines.set(id, goroutine);
    const isOnThread = to === "Running" || to === "Syscall";
    if (!isOnThread || from === "Running" || from === "Syscall") return;
    // See `initialSyscalls`: only they are told of on a P without a thread.
    const isToldOn = from === "Undetermined" && event.thread === -1;
    goroutine.proc = from === "NotExist" || isToldOn ? -1 : event.proc;
    goroutine.procSince = since;
    goroutine.thread = event.thread;
    goroutine.threadSince = since;
  }

  /** @param event what ends the state; undefined for the end of the trace */
  #leave(id: number, goroutine: Goroutine, to: string, event: ParsedEvent | undefined): void {
    const { state, since, reason, stack } = goroutine;
    const interval = { goroutine: id, begin: since, end: this.#time };
    if (state === "Runnable") this.runnable.push(interval);
    if (state === "Runnable" && goroutine.didYield) this.yields.push({ ...interval, reason, stack });
    if (state === "Running") this.running.push(interval);
    else if (state === "Syscall") this.syscalls.push({ ...interval, stack });
    else if (state === "Waiting") {
      const endStack = event?.stack ?? "";
      this.waits.push({ ...interval, reason, stack, endStack, by: event?.goroutine ?? -1 });
    }
    if (state !== "Running" && state !== "Syscall") return;
    if (to === "Running" || to === "Syscall") return;
    this.#loseProc(id, goroutine);
    if (goroutine.proc === -1 && state === "Syscall" && goroutine.procSince < this.#time)
      this.withoutProc.push({ goroutine: id, begin: goroutine.procSince, end: this.#time });
    if (goroutine.thread !== -1)
      this.onThread.push({ ...interval, begin: goroutine.threadSince, on: goroutine.thread });
  }

  /** A P becomes idle: who is in a system call with it goes on without. */
  #idle(proc: number): void {
    for (const [id, goroutine] of this.#goroutines) {
      const isOn = goroutine.state === "Running" || goroutine.state === "Syscall";
      if (isOn && goroutine.proc === proc) this.#loseProc(id, goroutine);
    }
  }

  #loseProc(id: number, goroutine: Goroutine): void {
    const { proc, procSince } = goroutine;
    if (proc === -1) return;
    this.onProc.push({ goroutine: id, begin: procSince, end: this.#time, on: proc });
    goroutine.proc = -1;
    goroutine.procSince = this.#time;
  }
}
