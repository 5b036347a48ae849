import type { ViewerEvent } from "./viewer-events.js";

export type View = "proc" | "thread";

/** The id of a row of Go's that stands for none: 2^64−1 as JSON's numbers have it. */
export const NO_ROW = `${2 ** 64}`;

/** Our events as Go's viewer would have them, by the rules that `JSON_QUIRKS` names. */
export function asGoViews(
  ours: readonly ViewerEvent[],
  view: View,
  knowsSteals: boolean,
): readonly ViewerEvent[] {
  const started = withoutEdges(ours)
    .map(withCgoEntry)
    .flatMap((event) => withoutSources(event, view));
  const named = namedByFirstLife(namedByFirstRoot(started));
  const withArrows = named.filter(({ ph, name, row }) => !(ph === "arrow" && isUnblock(name) && row === "0"));
  if (view === "thread") return syscallsOnNextRows(withArrows);
  return knowsSteals ? withArrows : withoutTakenRuns(withArrows);
}

/** The events of Go's viewer in a trace before Go 1.22 as they would be if rows held one goroutine at a time. */
export function oneRunAtATime(official: readonly ViewerEvent[], view: View): readonly ViewerEvent[] {
  const known = view === "proc" ? official : official.filter((event) => !isThreadless(event));
  return withoutOverlaps(known);
}

const isUnblock = (name: string) => name.startsWith("unblock");

/** `noThread` */
const isThreadless = ({ name, row }: ViewerEvent) => row === NO_ROW && isUnblock(name);

/** A run of a goroutine on a P or thread, whoever wrote it. */
function goroutineOf({ ph, name }: ViewerEvent): string | undefined {
  return ph === "X" ? /^G\d+/.exec(name)?.[0] : undefined;
}

const isBlockedSyscall = ({ ph, args }: ViewerEvent) => ph === "X" && args === "yes";

/** `edges`: nothing is taken away unless each such slice is at the end and has its arrow. */
function withoutEdges(events: readonly ViewerEvent[]): readonly ViewerEvent[] {
  const end = events.reduce((latest, { until }) => Math.max(latest, until), 0);
  const edges = events.filter(
    ({ ph, name, since }) => ph === "X" && name === "still runnable" && since === end,
  );
  const rows = new Set(edges.map(({ row }) => row));
  const arrows = events.filter(({ ph, to, until }) => ph === "arrow" && rows.has(to) && until === end);
  const taken = new Set(arrows.length === edges.length ? [...edges, ...arrows] : []);
  return events.filter((event) => !taken.has(event));
}

/** `arrowSources` */
function withoutSources(event: ViewerEvent, view: View): ViewerEvent[] {
  const { ph, since, until, name, category } = event;
  const isSource = ph === "X" && since === until && /^go\.(unblock|create|syscall)$/.test(category);
  if (!isSource || name === "syscall") return [event];
  const isInstant = name.includes("network") || (view === "proc" && name === "exit blocked syscall");
  return isInstant ? [{ ...event, ph: "I" }] : [];
}

const LABEL = / \(GC \(.*\)\)$/;
/** What C calls in the traced programs, by which we name the goroutines that serve such calls. */
const CALLED_FROM_C = /^(G\d+) (main\.goCallback|cgo callback)$/;

/** `callbacks` */
function withCgoEntry(event: ViewerEvent): ViewerEvent {
  const [, goroutine, name] = CALLED_FROM_C.exec(event.name) ?? [];
  if (goroutine === undefined) return event;
  return { ...event, name: name === "cgo callback" ? goroutine : `${goroutine} runtime.cgocallback` };
}

/** What ends a stack whose root has no function. */
const NAMELESS_ROOT = /(^| < ):0 < $/;

/** `namelessRoots` */
function namedByFirstRoot(events: readonly ViewerEvent[]): ViewerEvent[] {
  const isNameless = new Map<string, boolean>();
  return events.map((event) => {
    const goroutine = goroutineOf(event);
    if (goroutine === undefined) return event;
    const label = LABEL.exec(event.name)?.[0] ?? "";
    const isKnown = event.name.length > goroutine.length + label.length;
    if (!isNameless.has(goroutine)) {
      if (isKnown) isNameless.set(goroutine, false);
      else if (NAMELESS_ROOT.test(event.endStack)) isNameless.set(goroutine, true);
    }
    return isNameless.get(goroutine) === true ? { ...event, name: `${goroutine} ${label}` } : event;
  });
}

/** `lastLife` */
function namedByFirstLife(events: readonly ViewerEvent[]): ViewerEvent[] {
  const names = new Map<string, string>();
  return events.map((event) => {
    const goroutine = goroutineOf(event);
    if (goroutine === undefined) return event;
    const known = names.get(goroutine);
    if (known === undefined && event.name !== goroutine) names.set(goroutine, event.name);
    return event.name === goroutine && known !== undefined ? { ...event, name: known } : event;
  });
}

/** The runs of each goroutine, in the order of their ends. */
function runsByGoroutine(events: readonly ViewerEvent[]): Map<string, ViewerEvent[]> {
  const runs = new Map<string, ViewerEvent[]>();
  for (const event of events) {
    const goroutine = goroutineOf(event);
    if (goroutine !== undefined && !runs.get(goroutine)?.push(event)) runs.set(goroutine, [event]);
  }
  return runs;
}

/** For each system call that lost its P the run that it ended, and the goroutine's next one. */
function blockedCalls(
  events: readonly ViewerEvent[],
): Map<ViewerEvent, readonly [run: ViewerEvent, next: ViewerEvent | undefined]> {
  const runs = runsByGoroutine(events);
  const ended = new Map<string, ViewerEvent[]>();
  for (const run of [...runs.values()].flat()) {
    const key = `${run.row} ${run.until}`;
    if (!ended.get(key)?.push(run)) ended.set(key, [run]);
  }
  const calls = new Map<ViewerEvent, readonly [ViewerEvent, ViewerEvent | undefined]>();
  for (const call of events.filter(isBlockedSyscall)) {
    const candidates = ended.get(`${call.row} ${call.until}`) ?? [];
    // That of an overlap may begin later than what is within it.
    const run = candidates.find(({ since }) => since <= call.since) ?? candidates[0];
    if (run === undefined) continue;
    const ofGoroutine = runs.get(goroutineOf(run) ?? "") ?? [];
    calls.set(call, [run, ofGoroutine[ofGoroutine.indexOf(run) + 1]]);
  }
  return calls;
}

/** `syscallRows` */
function syscallsOnNextRows(events: readonly ViewerEvent[]): ViewerEvent[] {
  const calls = blockedCalls(events);
  return events.flatMap((event) => {
    const found = calls.get(event);
    if (found === undefined) return [event];
    const [, next] = found;
    return next === undefined ? [] : [{ ...event, row: next.row }];
  });
}

/** `takenProcs` */
function withoutTakenRuns(events: readonly ViewerEvent[]): ViewerEvent[] {
  const stops = new Set(
    events.filter(({ name }) => name === "proc stop").map(({ row, since }) => `${row} ${since}`),
  );
  const left = new Set<ViewerEvent>();
  const stacks = new Map<ViewerEvent, string>();
  for (const [call, [run, next]] of blockedCalls(events)) {
    if (stops.has(`${call.row} ${call.until}`)) continue;
    left.add(call).add(run);
    if (next !== undefined) stacks.set(next, stacks.get(run) ?? run.stack);
  }
  return events
    .filter((event) => !left.has(event))
    .map((event) => ({ ...event, stack: stacks.get(event) ?? event.stack }));
}

/** `takenProcs`, `initialSyscalls`: runs begin where the row is free, and the arrows that lead to them end there. */
function withoutOverlaps(events: readonly ViewerEvent[]): ViewerEvent[] {
  const taken = new Map<string, number>();
  const moved = new Map<string, number>();
  const runs = events.map((event) => {
    if (goroutineOf(event) === undefined) return event;
    const free = taken.get(event.row) ?? 0;
    const since = Math.max(event.since, free);
    if (since > event.since) moved.set(`${event.row} ${event.since}`, since);
    taken.set(event.row, Math.max(free, event.until));
    return { ...event, since, until: Math.max(event.until, since) };
  });
  return runs.map((event) => {
    const until = event.ph === "arrow" ? moved.get(`${event.to} ${event.until}`) : undefined;
    return until === undefined ? event : { ...event, until };
  });
}
