import type { Arrow, Run, TrackSlice } from "./perfetto-output.js";
import type { TrueEvent, TrueInterval, TrueState, Truth } from "./truth.js";

/** What conversions must show, by what the simulator knows. */
export class TrueFigures {
  readonly #truth: Truth;

  constructor(truth: Truth) {
    this.#truth = truth;
  }

  /** Nanoseconds by goroutine in any of some states. */
  stateTimes(...states: readonly TrueState[]): Map<number, number> {
    return sums(this.#intervals(...states).map(({ goroutine, begin, end }) => [goroutine, end - begin]));
  }

  /** Nanoseconds by goroutine in system calls without a P. */
  lostProcTimes(): Map<number, number> {
    return sums(
      this.#intervals("syscall (no P)").map(({ goroutine, begin, end }) => [goroutine, end - begin]),
    );
  }

  /** Nanoseconds by P with a goroutine. */
  procTimes(): Map<number, number> {
    const intervals = this.#intervals("running", "syscall");
    return sums(intervals.map(({ interval, begin, end }) => [interval.proc, end - begin]));
  }

  /**
   * Runs as a viewer shows them, by goroutine, P, begin and end: those that a yield interrupts which changes nothing, as the
   * goroutine goes on at once on the same P, where nothing else happened in between, are one.
   * @param pause the longest one that is "at once"
   */
  shownRuns(pause: number): Run[] {
    const on = new Map<number, Run[]>();
    for (const { goroutine, interval, begin, end } of this.#intervals("running", "syscall"))
      on.set(interval.proc, [...(on.get(interval.proc) ?? []), [goroutine, interval.proc, begin, end]]);
    return [...on].flatMap(([proc, runs]) => {
      runs.sort((a, b) => a[2] - b[2]);
      const toggles = (this.#truth.procs.get(proc) ?? []).map(({ event }) => event.time);
      const shown: Run[] = [];
      for (const run of runs) {
        const [goroutine, , begin, end] = run;
        const last = shown.at(-1);
        const yields = (from: number) =>
          begin - from <= pause &&
          this.#isYield(goroutine, from, begin) &&
          !toggles.some((time) => time > from && time < begin);
        // It runs on where a system call begins or ends.
        const goesOn = last?.[0] === goroutine && (begin === last[3] || yields(last[3]));
        if (goesOn) shown[shown.length - 1] = [goroutine, proc, last[2], end];
        else shown.push(run);
      }
      return shown;
    });
  }

  /** Goroutines that others create during the trace, with their beginning and end. */
  lives(): (readonly [goroutine: number, begin: number, end: number])[] {
    return this.#truth.lives.flatMap(({ goroutine, intervals }) => {
      const [begin, end] = [intervals[0]?.begin, intervals.at(-1)?.end];
      const isCreated = begin?.kind === "GoCreate" || begin?.kind === "GoCreateBlocked";
      return isCreated ? [[goroutine, begin.time, end?.time ?? this.#truth.end] as const] : [];
    });
  }

  /** Whether a goroutine did nothing but yield from the end of a run to the beginning of the next. */
  #isYield(goroutine: number, from: number, to: number): boolean {
    return this.#intervals("runnable").some(
      (each) =>
        each.goroutine === goroutine &&
        each.begin === from &&
        each.end === to &&
        each.interval.begin?.kind === "GoStop",
    );
  }

  /**
   * The same by the name of a P's track, and of a thread's, which carries system calls without a P too. Before Go 1.22 a
   * trace does not tell on which thread a system call is that is older than it, nor that one has ended after which its
   * goroutine did not run again: then it is there until the thread carries another one.
   */
  carrierTimes(): { procs: Map<string, number>; threads: Map<string, number> } {
    const onProcs = this.#intervals("running", "syscall");
    const onThreads = [...onProcs, ...this.#intervals("syscall (no P)")].filter(
      ({ interval }) => interval.thread !== -1,
    );
    return {
      procs: sums(onProcs.map(({ interval, begin, end }) => [`P${interval.proc}`, end - begin])),
      threads: sums(
        onThreads.map(({ interval: { thread }, begin, end }) => {
          const next = onThreads.filter((other) => other.interval.thread === thread && other.begin > begin);
          return [`M${thread}`, Math.min(end, ...next.map((other) => other.begin)) - begin];
        }),
      ),
    };
  }

  /** Nanoseconds by the name of a P's track in which no thread has it. */
  idleTimes(): Map<string, number> {
    const pairs: [string, number][] = [];
    for (const [proc, toggles] of this.#truth.procs) {
      toggles.forEach(({ event, running }, i) => {
        const isOld = i === 0 && event.from === "Undetermined";
        const end = toggles[i + 1]?.event.time ?? this.#truth.end;
        if (!running) pairs.push([`P${proc}`, end - (isOld ? 0 : event.time)]);
      });
    }
    return sums(pairs);
  }

  /** Nanoseconds of sweeping by the name of a P's track. */
  sweepTimes(): Map<string, number> {
    const pairs: [string, number][] = [];
    const open = new Map<string, number>();
    for (const { kind, subject, time } of this.#truth.events) {
      const proc = `P${subject}`;
      if (kind === "SweepBegin") open.set(proc, time);
      else if (kind === "SweepActive" && !open.has(proc)) open.set(proc, 0);
      else if (kind === "SweepEnd") {
        pairs.push([proc, time - (open.get(proc) ?? Number.NaN)]);
        open.delete(proc);
      }
    }
    for (const [proc, begin] of open) pairs.push([proc, this.#truth.end - begin]);
    return sums(pairs);
  }

  /** Waits by goroutine; those without a reason have no name. */
  waits(): TrackSlice[] {
    return this.#intervals("waiting").map(({ goroutine, interval, begin, end }) => [
      goroutine,
      interval.reason,
      begin,
      end - begin,
    ]);
  }

  /** System calls: with a P and without are one. */
  syscalls(): TrackSlice[] {
    const slices: TrackSlice[] = [];
    for (const { goroutine, interval, begin, end } of this.#intervals("syscall", "syscall (no P)")) {
      const last = slices[slices.length - 1];
      const goesOn = interval.begin !== undefined && last?.[0] === goroutine && last[2] + last[3] === begin;
      if (goesOn) slices[slices.length - 1] = [goroutine, "syscall", last[2], end - last[2]];
      else slices.push([goroutine, "syscall", begin, end - begin]);
    }
    return slices;
  }

  /** From who made a goroutine runnable (−1 for the runtime) to where it runs, or the end of the trace. */
  arrows(): Arrow[] {
    return this.#truth.lives.flatMap(({ goroutine, intervals }) =>
      intervals.flatMap(({ state, waker, begin, end }): Arrow[] => {
        const isWoken = state === "runnable" && begin !== undefined && WAKES.has(begin.kind);
        return isWoken ? [[waker, begin.time, goroutine, end?.time ?? this.#truth.end]] : [];
      }),
    );
  }

  /**
   * Regions and mark assists, which end with their goroutine or the trace. Of those that began before the trace the
   * ones that enclose others are shown to have begun earlier, each by a nanosecond: regions assists, and the region that
   * ends later the one that ends earlier.
   */
  nested(): TrackSlice[] {
    const slices: TrackSlice[] = [];
    const open = new Map<number, { name: string; time: number }[]>();
    const older = new Map<number, number>();
    const oldRegion = (on: number): number => {
      const before = (older.get(on) ?? OLD_ASSIST) - 1;
      older.set(on, before);
      return before;
    };
    const close = (on: number, end: number): void => {
      const { name, time } = open.get(on)?.pop() ?? { name: "", time: Number.NaN };
      slices.push([on, name, time, end - time]);
    };
    const closeAll = (on: number, end: number): void => {
      while (open.get(on)?.length) close(on, end);
      older.delete(on);
    };
    for (const { kind, goroutine, subject = -1, name = ASSIST, time } of this.#truth.events) {
      const on = kind === "AssistActive" ? subject : goroutine;
      const stack = open.get(on) ?? [];
      open.set(on, stack);
      const isKnown = stack.some((each) => each.name === ASSIST);
      if (kind === "RegionBegin" || kind === "AssistBegin") stack.push({ name, time });
      else if (kind === "AssistActive" && !isKnown) stack.push({ name, time: OLD_ASSIST });
      else if (kind === "RegionEnd" || kind === "AssistEnd") {
        // Only later formats tell that a mark assist is under way when the trace begins, and only those are shown.
        if (stack.length === 0 && kind === "AssistEnd") continue;
        if (stack.length === 0) stack.push({ name, time: oldRegion(on) });
        close(on, time);
      } else if (kind === "GoDestroy" || kind === "GoDestroySyscall") closeAll(subject, time);
    }
    for (const on of open.keys()) closeAll(on, this.#truth.end);
    return slices;
  }

  /** User tasks, as far as to the end of the trace. */
  tasks(): TrackSlice[] {
    const slices: TrackSlice[] = [];
    const open = new Map<number, TrueEvent>();
    for (const event of this.#truth.events) {
      const task = event.subject as number;
      const { name = "", time } = event;
      if (event.kind === "TaskBegin") open.set(task, event);
      if (event.kind !== "TaskEnd") continue;
      const begin = open.get(task)?.time ?? 0;
      slices.push([name, name, begin, time - begin]);
      open.delete(task);
    }
    for (const { name = "", time } of open.values()) slices.push([name, name, time, this.#truth.end - time]);
    return slices;
  }

  /** Logs as instants. */
  logs(): TrackSlice[] {
    return this.#truth.events
      .filter(({ kind }) => kind === "Log")
      .map(({ goroutine, name, text = "", time }) => [goroutine, name ? `${name}: ${text}` : text, time, 0]);
  }

  /** Logs as rows: goroutine, time, category and message. */
  logRows(): (readonly [goroutine: number, time: number, category: string, message: string])[] {
    return this.#truth.events
      .filter(({ kind }) => kind === "Log")
      .map(({ goroutine, time, name = "", text = "" }) => [goroutine, time, name, text]);
  }

  /** GC cycles and stops of the world. */
  stops(): TrackSlice[] {
    const slices: TrackSlice[] = [];
    let gc: number | undefined;
    let stopped: TrueEvent | undefined;
    const endGc = (time: number): void => {
      if (gc !== undefined) slices.push(["GC", "GC concurrent mark phase", gc, time - gc]);
      gc = undefined;
    };
    for (const event of this.#truth.events) {
      const { kind, time } = event;
      if (kind === "GcBegin") gc = time;
      else if (kind === "GcActive") gc ??= 0;
      else if (kind === "GcEnd") endGc(time);
      else if (kind === "StwBegin") stopped = event;
      else if (kind === "StwEnd") {
        const begin = stopped?.time ?? 0;
        slices.push(["Stop the world", `stop-the-world (${event.name})`, begin, time - begin]);
      }
    }
    endGc(this.#truth.end);
    return slices;
  }

  /** CPU samples: goroutine (−1 for none) and time. */
  samples(): (readonly [goroutine: number, time: number])[] {
    return this.#truth.events
      .filter(({ kind }) => kind === "CpuSample")
      .map(({ goroutine, time }) => [goroutine, time]);
  }

  #intervals(
    ...states: readonly TrueState[]
  ): { goroutine: number; interval: TrueInterval; begin: number; end: number }[] {
    return this.#truth.lives.flatMap(({ goroutine, intervals }) =>
      intervals
        .filter(({ state }) => states.includes(state))
        .map((interval) => ({
          goroutine,
          interval,
          begin: interval.begin?.time ?? 0,
          end: interval.end?.time ?? this.#truth.end,
        })),
    );
  }
}

const ASSIST = "GC mark assist";
/** When those are shown to have begun that had begun before the trace. */
const OLD_ASSIST = -1;
const WAKES: ReadonlySet<string> = new Set(["GoCreate", "GoUnblock", "GoSwitch"]);

function sums<Key>(pairs: readonly (readonly [Key, number])[]): Map<Key, number> {
  const times = new Map<Key, number>();
  for (const [key, time] of pairs) times.set(key, (times.get(key) ?? 0) + time);
  return new Map([...times].filter(([, time]) => time > 0));
}
