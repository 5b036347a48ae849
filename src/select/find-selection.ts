import { TraceError } from "../base/errors.js";
import type { EventBlock } from "../event/block.js";
import type { Trace } from "../order/trace.js";
import { GoroutineFinder } from "./goroutine-finder.js";
import type { GoroutineSelector, TaskSelector } from "./goroutine-selector.js";
import { SelectedTrace, type Selection } from "./selected-trace.js";
import { SelectionError } from "./selection-error.js";
import { TaskFinder } from "./task-finder.js";
import { TaskUsers } from "./task-users.js";
import { WakerFinder } from "./waker-finder.js";
import { type TimeWindow, WindowedTrace } from "./windowed-trace.js";

/** What is asked for. All of it must hold; of the goroutines' selectors, any. */
export interface SelectionQuery {
  readonly window?: TimeWindow | undefined;
  /** Empty for all goroutines. */
  readonly goroutines: readonly GoroutineSelector[];
  /** Only goroutines that worked for it or the tasks within it, and only from its beginning to its end. */
  readonly task?: TaskSelector | undefined;
  /** Whether goroutines that made these runnable are added. */
  readonly related?: boolean | undefined;
}

/** A part of a trace; what is absent is not restricted. */
export interface TracePart {
  readonly window?: TimeWindow | undefined;
  readonly selection?: Selection | undefined;
}

/** How a trace is read to find something in it. */
export interface Passes {
  /** Opens the trace, each time from its start. */
  readonly open: () => Promise<Trace>;
  /** Called with the number of events of the pass after every block, which waits for it. */
  readonly progress?: (events: number) => Promise<void> | void;
}

interface Finder {
  events(block: EventBlock): void;
}

/** Whether the trace has to be read beforehand to know which part of it is asked for. */
export function needsPasses({ goroutines, task }: SelectionQuery): boolean {
  return goroutines.length > 0 || task !== undefined;
}

/** The part of a trace as a trace of its own; the trace itself if nothing is restricted. */
export function partOf(trace: Trace, { window, selection }: TracePart): Trace {
  const windowed = window === undefined ? trace : new WindowedTrace(trace, window);
  return selection === undefined ? windowed : new SelectedTrace(windowed, selection);
}

/**
 * Finds out which part of a trace is asked for, by reading it once, or twice for related goroutines. Up to where it
 * is cut or broken, if it is.
 * @throws SelectionError if that is nothing; TraceError if the trace holds nothing; what `open` and `progress` throw
 */
export async function findSelection(query: SelectionQuery, passes: Passes): Promise<TracePart> {
  const tasks = query.task && new TaskFinder(query.task);
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

/** Shows a trace's events to finders. */
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
    // Where the trace breaks is told by whoever reads the part.
    if (!(error instanceof TraceError) || events <= 1) throw error;
  }
}

/** A window in another one's time. */
function within(outer: TimeWindow | undefined, { from, to }: TimeWindow): TimeWindow {
  if (outer === undefined) return { from, to };
  return { from: outer.from + from, to: Math.min(outer.to, outer.from + to) };
}

function common(one: ReadonlySet<number> | undefined, other: ReadonlySet<number> | undefined): Set<number> {
  if (one === undefined || other === undefined) return new Set(one ?? other);
  const both = new Set([...one].filter((goroutine) => other.has(goroutine)));
  if (both.size === 0) throw new SelectionError("none of these goroutines works for the task");
  return both;
}
