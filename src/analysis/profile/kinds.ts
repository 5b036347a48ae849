import { SchedState } from "../../sched/state.js";

/** Activities of goroutines in profiles. A system call is one, with or without a P. */
export const Activity = {
  None: 0,
  Runnable: 1,
  Running: 2,
  Waiting: 3,
  Syscall: 4,
  /** Not a state: a CPU sample. */
  Sampled: 5,
} as const;
export type Activity = (typeof Activity)[keyof typeof Activity];

/** The activity of each {@link SchedState}. */
export const ACTIVITY_OF_STATE = new Uint8Array(6);
ACTIVITY_OF_STATE[SchedState.Runnable] = Activity.Runnable;
ACTIVITY_OF_STATE[SchedState.Running] = Activity.Running;
ACTIVITY_OF_STATE[SchedState.Waiting] = Activity.Waiting;
ACTIVITY_OF_STATE[SchedState.Syscall] = Activity.Syscall;
ACTIVITY_OF_STATE[SchedState.SyscallBlocked] = Activity.Syscall;

/** The type of a sample's value, in pprof's terms. */
export interface SampleType {
  readonly type: string;
  readonly unit: string;
}

interface KindInfo {
  readonly activity: Activity;
  /** The reasons of waiting that belong to it; all if absent. */
  readonly reasons?: RegExp;
  readonly about: string;
}

/**
 * All kinds of profiles. `net` and `sync` have the reasons that `go tool trace -pprof` gives them. Other reasons of the
 * runtime (sleeping, the GC, system goroutines) are in `wait` only.
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

/** Period of CPU samples in nanoseconds: the runtime takes 100 a second. */
export const SAMPLE_PERIOD = 10_000_000;

interface Values {
  readonly sampleTypes: readonly SampleType[];
  /** The period of the samples, and its type. */
  readonly periodType: SampleType;
  readonly period: number;
}

/** As in `go tool trace -pprof`. */
const OF_INTERVALS: Values = {
  sampleTypes: [
    { type: "contentions", unit: "count" },
    { type: "delay", unit: "nanoseconds" },
  ],
  periodType: { type: "trace", unit: "count" },
  period: 1,
};
/** As in the runtime's own CPU profile. */
const OF_CPU_SAMPLES: Values = {
  sampleTypes: [
    { type: "samples", unit: "count" },
    { type: "cpu", unit: "nanoseconds" },
  ],
  periodType: { type: "cpu", unit: "nanoseconds" },
  period: SAMPLE_PERIOD,
};

/** The types of a profile's values. */
export function valuesOf(kind: ProfileKind): Values {
  return kind === "cpu" ? OF_CPU_SAMPLES : OF_INTERVALS;
}

/** The activities and states that some kinds of profiles need. */
export class Interests {
  /** By {@link Activity}: 1 if it is sampled. */
  readonly activities = new Uint8Array(6);
  /** By {@link SchedState}: 1 if leaving, or entering it, matters. */
  readonly leaves = new Uint8Array(6);
  readonly enters = new Uint8Array(6);

  /** @param regions whether regions are selected, which some waits end */
  constructor(kinds: readonly ProfileKind[], regions: boolean) {
    for (const kind of kinds) this.activities[kindInfo(kind).activity] = 1;
    ACTIVITY_OF_STATE.forEach((activity, state) => {
      this.leaves[state] = this.activities[activity] as number;
      this.enters[state] = this.activities[activity] as number;
    });
    // A goroutine's first run decides on what came before it, and events of regions happen while it runs.
    this.enters[SchedState.Running] = 1;
    if (regions) this.enters[SchedState.Waiting] = 1;
  }
}
