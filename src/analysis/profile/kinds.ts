import { SchedState } from "../../sched/state.js";

/** What a goroutine is counted for. A system call is one, with and without a P. */
export const Activity = {
  None: 0,
  Runnable: 1,
  Running: 2,
  Waiting: 3,
  Syscall: 4,
  /** Not a state: a CPU sample met it. */
  Sampled: 5,
} as const;
export type Activity = (typeof Activity)[keyof typeof Activity];

/** The activity behind each {@link SchedState}. */
export const ACTIVITY_OF_STATE = new Uint8Array(6);
ACTIVITY_OF_STATE[SchedState.Runnable] = Activity.Runnable;
ACTIVITY_OF_STATE[SchedState.Running] = Activity.Running;
ACTIVITY_OF_STATE[SchedState.Waiting] = Activity.Waiting;
ACTIVITY_OF_STATE[SchedState.Syscall] = Activity.Syscall;
ACTIVITY_OF_STATE[SchedState.SyscallBlocked] = Activity.Syscall;

/** What a number of a sample counts, in pprof's terms. */
export interface SampleType {
  readonly type: string;
  readonly unit: string;
}

interface KindInfo {
  readonly activity: Activity;
  /** Which reasons of waiting belong to it; all where absent. */
  readonly reasons?: RegExp;
  readonly about: string;
}

/**
 * Every kind of profile. Which reasons belong to `net` and `sync` is as `go tool trace -pprof` decides it; reasons of
 * the runtime that are in neither (sleeping, the GC, system goroutines) are in `wait` only.
 */
const PROFILE_KINDS = {
  net: { activity: Activity.Waiting, reasons: /^network$/, about: "waiting for the network" },
  sync: { activity: Activity.Waiting, reasons: /chan|sync|select/, about: "waiting for channels and locks" },
  syscall: { activity: Activity.Syscall, about: "in system calls" },
  sched: { activity: Activity.Runnable, about: "runnable, waiting for a P" },
  wait: { activity: Activity.Waiting, about: "waiting, for any reason" },
  running: { activity: Activity.Running, about: "running" },
  cpu: { activity: Activity.Sampled, about: "on the CPU, by the samples of the trace" },
} as const satisfies Readonly<Record<string, KindInfo>>;

export type ProfileKind = keyof typeof PROFILE_KINDS;

export const KIND_NAMES = Object.keys(PROFILE_KINDS) as readonly ProfileKind[];

export function kindInfo(kind: ProfileKind): KindInfo {
  return PROFILE_KINDS[kind];
}

/** Nanoseconds that a CPU sample stands for: the runtime takes a hundred a second. */
export const SAMPLE_PERIOD = 10_000_000;

interface Values {
  readonly sampleTypes: readonly SampleType[];
  /** What samples are taken of, and how many of that one stands for. */
  readonly periodType: SampleType;
  readonly period: number;
}

/** As `go tool trace -pprof` writes them. */
const OF_INTERVALS: Values = {
  sampleTypes: [
    { type: "contentions", unit: "count" },
    { type: "delay", unit: "nanoseconds" },
  ],
  periodType: { type: "trace", unit: "count" },
  period: 1,
};
/** As the runtime's own CPU profile has them. */
const OF_CPU_SAMPLES: Values = {
  sampleTypes: [
    { type: "samples", unit: "count" },
    { type: "cpu", unit: "nanoseconds" },
  ],
  periodType: { type: "cpu", unit: "nanoseconds" },
  period: SAMPLE_PERIOD,
};

/** What the numbers of a profile's samples are. */
export function valuesOf(kind: ProfileKind): Values {
  return kind === "cpu" ? OF_CPU_SAMPLES : OF_INTERVALS;
}

/** What has to be looked at for some kinds of profiles. */
export class Interests {
  /** By {@link Activity}: 1 if it is sampled. */
  readonly activities = new Uint8Array(6);
  /** By {@link SchedState}: 1 if it matters that a goroutine leaves or enters it. */
  readonly leaves = new Uint8Array(6);
  readonly enters = new Uint8Array(6);

  /** @param regions whether regions are chosen, which some waits end */
  constructor(kinds: readonly ProfileKind[], regions: boolean) {
    for (const kind of kinds) this.activities[kindInfo(kind).activity] = 1;
    ACTIVITY_OF_STATE.forEach((activity, state) => {
      this.leaves[state] = this.activities[activity] as number;
      this.enters[state] = this.activities[activity] as number;
    });
    // That a goroutine has run decides on what came before; and it is where events of regions happen.
    this.enters[SchedState.Running] = 1;
    if (regions) this.enters[SchedState.Waiting] = 1;
  }
}
