import { NONE } from "../../base/ids.js";
import { type EventBlock, stackOf, stringOf } from "../../event/block.js";
import { EventKind } from "../../event/kind.js";
import { ProcState } from "../../event/states.js";
import type { StackFrame } from "../../event/tables.js";
import type { Changes } from "../../sched/changes.js";
import { SchedState } from "../../sched/state.js";
import type { Analysis } from "../analysis.js";
import { ProfiledTime } from "./profiled-time.js";
import type { RunFunctions } from "./run-functions.js";
import { StopCallers } from "./stop-callers.js";
import { TakenTime } from "./taken-time.js";
import type { TaskWork } from "./task-work.js";
import type { Waits } from "./waits.js";

const K = EventKind;
const { Running } = SchedState;

/** The stop-the-world with the longest delay, or the longest of all if none waited. Times are nanoseconds since the start of the trace. */
export interface WorstStop {
  readonly since: number;
  /** From its beginning until the last P stopped, and the time from then on until it ended. */
  readonly delay: number;
  readonly stopped: number;
  /** The P that stopped last; undefined if no P ran. */
  readonly proc: number | undefined;
  /** The goroutine that ran on it, what it ran, and its stack when it stopped, the innermost frame first. */
  readonly goroutine: number | undefined;
  readonly function: string;
  readonly frames: readonly StackFrame[];
}

/** Stop-the-world of one kind. */
export interface StopDelayRow {
  readonly kind: string;
  /** Whole ones. */
  readonly count: number;
  readonly total: number;
  /** Of the total: until the last P stopped. */
  readonly delay: number;
  readonly worst: WorstStop;
  /** The P that stopped last, until it did. */
  readonly profile: ProfiledTime;
  /** From when goroutines stopped until the world went on. */
  readonly taken: TakenTime;
  /** Its time by the line of the program that began it. */
  readonly callers: StopCallers;
}

/** What one P ran when it was told to stop. */
interface Stopped {
  readonly goroutine: number;
  readonly func: number;
  readonly task: number;
  readonly time: number;
  readonly frames: readonly StackFrame[];
}

/** A stop-the-world under way. */
interface Open {
  readonly kind: string;
  readonly since: number;
  readonly by: number;
  /** The stack that began it. */
  readonly caller: readonly StackFrame[];
  last: number;
  proc: number;
  /** Whether there was a CPU sample before, and by P its samples since. */
  readonly isProfiled: boolean;
  readonly samples: Map<number, number>;
  /** Whether the world is started again. */
  restarts: boolean;
  /** By P: who stopped on it. */
  readonly stopped: Map<number, Stopped>;
}

/**
 * How long each stop-the-world waits for the Ps, and for which goroutine. The world has stopped when the last P has. When
 * it is started again, the runtime first reports GOMAXPROCS.
 */
export class StopDelays implements Analysis {
  readonly otherKinds = [K.StwBegin, K.StwEnd, K.ProcsChange, K.CpuSample];
  readonly #rows = new Map<string, { -readonly [Key in keyof StopDelayRow]: StopDelayRow[Key] }>();
  #block!: EventBlock;
  #open: Open | undefined;
  #isProfiled = false;
  readonly #tasks: TaskWork;
  readonly #functions: RunFunctions;

  constructor({ functions, tasks }: Pick<Waits, "functions" | "tasks">) {
    this.#functions = functions;
    this.#tasks = tasks;
  }

  block(block: EventBlock): void {
    this.#block = block;
  }

  changes({ event, from, func, goroutine, length, proc, slot }: Changes): void {
    const open = this.#open;
    if (open === undefined || open.restarts) return;
    const { generation, time } = this.#block;
    for (let i = 0; i < length; i++) {
      if (from[i] !== Running) continue;
      const at = event[i] as number;
      const stack = stackOf(this.#block, at);
      open.stopped.set(proc[i] as number, {
        goroutine: goroutine[i] as number,
        func: this.#functions.of(func[i] as number, stack),
        task: this.#tasks.of(slot[i] as number),
        time: time[at] as number,
        frames: generation?.stacks.frames(stack) ?? [],
      });
    }
  }

  proc(_slot: number, event: number): void {
    const open = this.#open;
    if (open === undefined || open.restarts) return;
    const { subject, time, to } = this.#block;
    if (to[event] === ProcState.Running || subject[event] === open.by) return;
    open.last = time[event] as number;
    open.proc = subject[event] as number;
  }

  other(event: number): void {
    const { generation, kind, name, proc, stack, time } = this.#block;
    // When those began that are older than a part is not known.
    if (kind[event] === K.StwBegin && !generation?.isSnapshot)
      this.#open = {
        kind: stringOf(this.#block, name[event] as number),
        since: time[event] as number,
        by: proc[event] as number,
        caller: generation?.stacks.frames(stack[event] as number) ?? [],
        last: time[event] as number,
        proc: NONE,
        restarts: false,
        isProfiled: this.#isProfiled,
        samples: new Map(),
        stopped: new Map(),
      };
    else if (kind[event] === K.CpuSample) this.#sample(proc[event] as number);
    else if (this.#open === undefined) return;
    else if (kind[event] === K.ProcsChange) this.#open.restarts = true;
    else if (kind[event] === K.StwEnd) {
      this.#end(this.#open, time[event] as number);
      this.#open = undefined;
    }
  }

  #sample(proc: number): void {
    this.#isProfiled = true;
    for (const { profile } of this.#rows.values()) profile.keep();
    const samples = this.#open?.samples;
    samples?.set(proc, (samples.get(proc) ?? 0) + 1);
  }

  /** In the order of their first occurrence. */
  get rows(): readonly StopDelayRow[] {
    return [...this.#rows.values()];
  }

  #end(open: Open, until: number): void {
    const delay = open.last - open.since;
    const row = this.#rows.get(open.kind);
    const isWorst =
      row === undefined ||
      delay > row.worst.delay ||
      (delay === row.worst.delay && until - open.last > row.worst.stopped);
    const worst = isWorst ? this.#worst(open, until) : row.worst;
    const taken = row?.taken ?? new TakenTime();
    const callers = row?.callers ?? new StopCallers();
    const profile = row?.profile ?? new ProfiledTime();
    if (open.isProfiled) profile.add(delay, open.samples.get(open.proc) ?? 0);
    callers.add(open.caller, until - open.since);
    for (const { func, task, time } of open.stopped.values()) taken.add(func, task, until - time);
    this.#rows.set(open.kind, {
      kind: open.kind,
      count: (row?.count ?? 0) + 1,
      total: (row?.total ?? 0) + until - open.since,
      delay: (row?.delay ?? 0) + delay,
      worst,
      profile,
      taken,
      callers,
    });
  }

  #worst({ last, proc, since, stopped }: Open, until: number): WorstStop {
    const who = stopped.get(proc);
    return {
      since,
      delay: last - since,
      stopped: until - last,
      proc: proc === NONE ? undefined : proc,
      goroutine: who?.goroutine,
      function: who === undefined ? "" : this.#functions.names.text(who.func),
      frames: who?.frames ?? [],
    };
  }
}
