/** An ordered event as it should be given; what its kind does not have is undefined. */
export interface TrueEvent {
  /** Name of the kind. */
  readonly kind: string;
  /** Nanoseconds since the start of the trace; known when its generation has ended. */
  time: number;
  /** The context before the event; −1 is none. */
  readonly thread: number;
  readonly proc: number;
  readonly goroutine: number;
  readonly subject?: number;
  readonly from?: string;
  readonly to?: string;
  readonly value?: number;
  readonly value2?: number;
  readonly name?: string;
  readonly text?: string;
  /** Functions with lines, innermost first. */
  readonly stack?: string;
  readonly newStack?: string;
}

/** What is said of an event besides where and when it happens. */
export type Said = Omit<Partial<TrueEvent>, "time" | "kind">;

export type TrueState = "runnable" | "running" | "waiting" | "syscall" | "syscall (no P)";

/** A time in which a goroutine does one thing. */
export interface TrueInterval {
  readonly state: TrueState;
  /** "" if there is none. */
  readonly reason: string;
  /** A goroutine, or −1. */
  readonly waker: number;
  readonly proc: number;
  readonly thread: number;
  /** Undefined if it began before the trace did. */
  readonly begin: TrueEvent | undefined;
  /** Undefined if the trace ends before it does. */
  end: TrueEvent | undefined;
}

/** The name of a goroutine that serves calls from C, of which no stack tells which function C calls. */
const CALLED_FROM_C = "cgo callback";

/** A goroutine from its creation, or the start of the trace, on. */
export interface TrueLife {
  readonly goroutine: number;
  /** −1 if it is not known, or none. */
  readonly creator: number;
  /** Start function as far as a stack tells it, else {@link CALLED_FROM_C} or "". */
  func: string;
  readonly intervals: TrueInterval[];
}

/** A P begins to run or becomes idle, or is first mentioned as one of both. */
export interface TrueToggle {
  readonly event: TrueEvent;
  readonly running: boolean;
}

/** What is said of an interval that begins. */
export interface IntervalFacts {
  readonly reason?: string;
  readonly waker?: number;
  readonly proc?: number;
  readonly thread?: number;
}

/** All that is true of a simulated trace, as a reader can know it. */
export class Truth {
  readonly events: TrueEvent[] = [];
  readonly lives: TrueLife[] = [];
  readonly procs = new Map<number, TrueToggle[]>();
  /** Time of the last event. */
  end = 0;
  /** Absolute time of the start of the trace, in nanoseconds. */
  base = 0;
  readonly #alive = new Map<number, TrueLife>();

  /** A goroutine is mentioned for the first time. @param begin undefined if it was there before the trace */
  live(
    goroutine: number,
    creator: number,
    state: TrueState,
    begin: TrueEvent | undefined,
    facts: IntervalFacts,
  ): void {
    const func = begin?.kind === "GoCreateSyscall" ? CALLED_FROM_C : "";
    const life: TrueLife = { goroutine, creator, func, intervals: [interval(state, begin, facts)] };
    this.lives.push(life);
    this.#alive.set(goroutine, life);
  }

  /** A goroutine does something else from an event on. */
  change(goroutine: number, state: TrueState, event: TrueEvent, facts: IntervalFacts = {}): void {
    const life = this.#life(goroutine);
    this.#last(life).end = event;
    life.intervals.push(interval(state, event, facts));
  }

  die(goroutine: number, event: TrueEvent): void {
    const life = this.#life(goroutine);
    this.#last(life).end = event;
    if (event.kind === "GoDestroySyscall") life.func ||= CALLED_FROM_C;
    this.#alive.delete(goroutine);
  }

  /** A stack of the goroutine's own, or of its start, is in the trace. */
  named(goroutine: number, func: string): void {
    this.#life(goroutine).func = func;
  }

  toggle(proc: number, running: boolean, event: TrueEvent): void {
    const toggles = this.procs.get(proc) ?? [];
    toggles.push({ event, running });
    this.procs.set(proc, toggles);
  }

  #life(goroutine: number): TrueLife {
    const life = this.#alive.get(goroutine);
    if (life === undefined) throw new Error(`the simulator mentions goroutine ${goroutine} too early`);
    return life;
  }

  #last({ intervals }: TrueLife): TrueInterval {
    return intervals[intervals.length - 1] as TrueInterval;
  }
}

function interval(state: TrueState, begin: TrueEvent | undefined, facts: IntervalFacts): TrueInterval {
  const { reason = "", waker = -1, proc = -1, thread = -1 } = facts;
  return { state, reason, waker, proc, thread, begin, end: undefined };
}
