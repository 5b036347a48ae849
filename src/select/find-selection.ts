import { TraceError } from "../base/errors.js";
import type { EventBlock } from "../event/block.js";
import type { Trace } from "../order/trace.js";
import { GoroutineFinder } from "./goroutine-finder.js";
import type { GoroutineSelector, TaskSelector } from "./goroutine-selector.js";
import { ProgramTraceFinder, type ProgramTraceSelector } from "./program-trace-finder.js";
import { SelectedTrace, type Selection } from "./selected-trace.js";
import { SelectionError } from "./selection-error.js";
import { TaskFinder } from "./task-finder.js";
import { TaskUsers } from "./task-users.js";
import { WakerFinder } from "./waker-finder.js";
import { type TimeWindow, WindowedTrace } from "./windowed-trace.js";

/**
 * Which part of a trace to read. All conditions must hold. A goroutine needs to match only one of the
 * goroutine selectors.
 */
export interface SelectionQuery {
  readonly window?: TimeWindow | undefined;
  /** Empty for all goroutines. */
  readonly goroutines: readonly GoroutineSelector[];
  /** Only goroutines that work for the task or tasks within it, and only from its beginning to its end. */
  readonly task?: TaskSelector | undefined;
  /** The same for a trace of the program's own tracing; not together with a task. */
  readonly programTrace?: ProgramTraceSelector | undefined;
  /** Whether to add the goroutines that made the selected ones runnable. */
  readonly related?: boolean | undefined;
}

/** A part of a trace. Absent fields do not restrict it. */
export interface TracePart {
  readonly window?: TimeWindow | undefined;
  readonly selection?: Selection | undefined;
}

/** How to read a trace to search it. */
export interface Passes {
  /** Opens the trace at its start, for each pass. */
  readonly open: () => Promise<Trace>;
  /** Called after every block with the number of events in the pass. The pass waits for it. */
  readonly progress?: (events: number) => Promise<void> | void;
}

interface Finder {
  events(block: EventBlock): void;
}

/** Whether an extra pass over the trace is needed to find the part. */
export function needsPasses({ goroutines, task, programTrace }: SelectionQuery): boolean {
  return goroutines.length > 0 || task !== undefined || programTrace !== undefined;
}

/** The part of a trace as its own trace; the trace itself if nothing restricts it. */
export function partOf(trace: Trace, { window, selection }: TracePart): Trace {
  const windowed = window === undefined ? trace : new WindowedTrace(trace, window);
  return selection === undefined ? windowed : new SelectedTrace(windowed, selection);
}

/**
 * Finds the part of a trace in one extra pass, or two with related goroutines. In a cut or broken trace it
 * searches up to that place.
 * @throws SelectionError if nothing matches; TraceError if the trace is empty; errors of `open` and
 *   `progress`
 */
export async function findSelection(query: SelectionQuery, passes: Passes): Promise<TracePart> {
  const tasks =
    (query.task && new TaskFinder(query.task)) ??
    (query.programTrace && new ProgramTraceFinder(query.programTrace));
  const named = query.goroutines.length > 0 ? new GoroutineFinder(query.goroutines) : undefined;
  if (tasks === undefined && named === undefined) return { window: query.window };
  const finders = [tasks, named].filter((finder) => finder !== undefined);
  const sets = [tasks?.goroutines, named?.found].filter((found) => found !== undefined);
  let users = new TaskUsers((goroutine) => sets.every((set) => set.has(goroutine)));
  await read(passes, query.window, [...finders, users]);
  tasks?.check();
  named?.check();
  const window = tasks === undefined ? query.window : within(query.window, tasks.span);
  const goroutines = common(tasks?.goroutines, named?.found);
  if (query.related) {
    const wakers = new WakerFinder(goroutines);
    users = new TaskUsers((goroutine) => goroutines.has(goroutine) || wakers.found.has(goroutine));
    await read(passes, window, [wakers, users]);
    for (const goroutine of wakers.found) goroutines.add(goroutine);
  }
  return { window, selection: { goroutines, tasks: new Set([...(tasks?.tasks ?? []), ...users.found]) } };
}

/** Passes a trace's events to finders. */
async function read(passes: Passes, window: TimeWindow | undefined, finders: Finder[]): Promise<void> {
  const trace = partOf(await passes.open(), { window });
  let events = 0;
  try {
    for await (const block of trace.blocks()) {
      for (const finder of finders) finder.events(block);
      events += block.length;
      await passes.progress?.(events);
    }
  } catch (error) {
    // Reading the part will report where the trace breaks.
    if (!(error instanceof TraceError) || events <= 1) throw error;
  }
}

/**
 * Converts a window that counts from the start of `outer` to the time of the trace, and clips it at the end
 * of `outer`.
 */
function within(outer: TimeWindow | undefined, { from, to }: TimeWindow): TimeWindow {
  if (outer === undefined) return { from, to };
  return { from: outer.from + from, to: Math.min(outer.to, outer.from + to) };
}

function common(one: ReadonlySet<number> | undefined, other: ReadonlySet<number> | undefined): Set<number> {
  if (one === undefined || other === undefined) return new Set(one ?? other);
  const both = new Set([...one].filter((goroutine) => other.has(goroutine)));
  if (both.size === 0)
    throw new SelectionError("none of the selected goroutines works for the task or trace");
  return both;
}
