import type { OverviewFigures } from "../../analysis/overview.js";
import type { ProfileKind } from "../../analysis/profile/kinds.js";
import type { TimelineFigures } from "../../analysis/timeline/timeline.js";
import { MMU_COLUMNS } from "../stats-tables.js";
import { TIME_PARTS } from "./bar.js";
import { type FlameTree, flameTree } from "./flame-tree.js";
import type { PageLimits } from "./limits.js";
import type { MmuData, TimelineData, TraceData } from "./page-data.js";

/** Titles of the flame graphs, by kind of profile. */
const TITLES: Readonly<Partial<Record<ProfileKind, string>>> = {
  wait: "Blocked",
  sched: "Waiting to run",
  running: "Running",
  syscall: "In system calls",
  cpu: "CPU samples",
};

/** A flame graph, with its kind and title. */
export interface Flame extends FlameTree {
  readonly kind: ProfileKind;
  readonly title: string;
}

/** The flame graphs of a trace, without empty ones. */
export function flamesOf({ profiles }: OverviewFigures, { frames, longest }: PageLimits): Flame[] {
  return profiles
    .map((profile) => {
      const title = TITLES[profile.kind] ?? profile.kind;
      return { kind: profile.kind, title, ...flameTree(profile, title, frames, longest) };
    })
    .filter(({ total }) => total > 0);
}

/** What the page's script draws of a trace. */
export function traceData(
  overview: OverviewFigures,
  flames: readonly Flame[],
  limits: PageLimits,
): TraceData {
  return {
    start: overview.stats.start,
    duration: overview.trace.duration,
    timeline: timelineData(overview, limits.procs),
    flames: flames.map(({ kind, title, root, names }) => ({ kind, title, root, names })),
  };
}

function timelineData({ stats, timeline }: OverviewFigures, most: number): TimelineData {
  const { duration } = stats.trace;
  const { length, width } = timeline;
  /** The last bucket is shorter. */
  const widthOf = (i: number) => Math.min(width, duration - i * width);
  const per = (times: readonly number[], factor: number, digits: number) =>
    times.map((time, i) => Number(((factor * time) / widthOf(i)).toPrecision(digits)));
  const syscall = timeline.states.syscall.map((time, i) => time + (timeline.states.syscallBlocked[i] ?? 0));
  const states = { ...timeline.states, syscall };
  return {
    width,
    procs: procRows(timeline, most).map(({ label, busy, count }) => ({
      label,
      busy: busy.map((time, i) => Math.round((100 * time) / (count * widthOf(i)))),
    })),
    procCount: stats.procs.length,
    states: TIME_PARTS.map((state) => ({ state, values: per(states[state].slice(0, length), 1, 3) })),
    gc: per(timeline.gc, 100, 3),
    stw: per(timeline.stw, 100, 3),
    assists: per(timeline.assists, 1, 3),
    heap: timeline.heap,
    goal: timeline.goal,
  };
}

interface ProcsRow {
  readonly label: string;
  readonly busy: readonly number[];
  /** Number of Ps. */
  readonly count: number;
}

/** Ps, neighbours together if there are more than fit. */
function procRows({ otherProcs, procs }: TimelineFigures, most: number): ProcsRow[] {
  const together = Math.ceil(procs.length / most);
  const rows: ProcsRow[] = [];
  for (let i = 0; i < procs.length; i += together) {
    const group = procs.slice(i, i + together);
    const [first, last] = [group[0], group.at(-1)];
    const busy = first?.busy.map((_, at) => group.reduce((sum, row) => sum + (row.busy[at] ?? 0), 0)) ?? [];
    const label = group.length === 1 ? `P${first?.proc}` : `P${first?.proc}–${last?.proc}`;
    rows.push({ label, busy, count: group.length });
  }
  // How many they are is not known; more than one at a time is as good as one.
  return otherProcs === undefined ? rows : [...rows, { label: "others", busy: otherProcs, count: 1 }];
}

/** The curves of mutator utilization, of one trace or of A and B. */
export function mmuData(traces: readonly OverviewFigures[]): MmuData[] {
  return MMU_COLUMNS.filter(({ head }) => head !== "go tool trace").flatMap(({ head, flags }, color) =>
    traces.flatMap(({ stats }, trace) => {
      const found = stats.mmu.find((each) => each.flags.join() === flags);
      if (found === undefined) return [];
      const points = found.curve.map(
        ({ window, utilization }) => [window, Number(utilization.toPrecision(4))] as const,
      );
      const label = traces.length === 1 ? head : `${"AB"[trace]}: ${head}`;
      return [{ label, color, dashed: trace > 0, points }];
    }),
  );
}
