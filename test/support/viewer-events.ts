import { type JsonEvent, JsonStacks, type JsonTrace, nanoseconds } from "./chrome-json.js";
import { oneReplacement } from "./official-quirks.js";

/** A slice, an instant or an arrow, with its row as a text; arrows lead from their row to another. */
export interface ViewerEvent {
  readonly ph: "X" | "I" | "arrow";
  readonly name: string;
  readonly category: string;
  readonly row: string;
  /** Nanoseconds; equal for instants. */
  readonly since: number;
  readonly until: number;
  readonly args: string;
  /** Texts of stacks. */
  readonly stack: string;
  readonly endStack: string;
  /** The row where an arrow ends. */
  readonly to: string;
}

/**
 * The events of a file in its order, without counters and names of rows. The two ends of an arrow are one event, at
 * its end, for files of Go's viewer ("t") and ours ("f").
 * @throws Error if an arrow has not exactly two ends, with one name
 */
export function viewerEvents(trace: JsonTrace, rowOf: (event: JsonEvent) => string): ViewerEvent[] {
  const stacks = new JsonStacks(trace);
  const starts = new Map<number | undefined, JsonEvent>();
  for (const event of trace.traceEvents) {
    if (event.ph !== "s") continue;
    if (starts.has(event.id)) throw new Error(`arrow ${event.id} starts twice`);
    starts.set(event.id, event);
  }
  const events = trace.traceEvents.flatMap((event): ViewerEvent[] => {
    const { ph, ts = 0, dur = 0, id } = event;
    const at = nanoseconds(ts);
    if (ph === "X" || ph === "I") return [viewerEvent(event, ph, at, at + nanoseconds(dur), stacks, rowOf)];
    if (ph !== "t" && ph !== "f") return [];
    const start = starts.get(id);
    if (start?.name !== event.name) throw new Error(`arrow ${id} ends without a start`);
    starts.delete(id);
    const to = rowOf(event);
    return [{ ...viewerEvent(start, "arrow", nanoseconds(start.ts ?? 0), at, stacks, rowOf), to }];
  });
  if (starts.size > 0) throw new Error(`arrows without ends: ${[...starts.keys()].join(" ")}`);
  return events;
}

function viewerEvent(
  event: JsonEvent,
  ph: ViewerEvent["ph"],
  since: number,
  until: number,
  stacks: JsonStacks,
  rowOf: (event: JsonEvent) => string,
): ViewerEvent {
  return {
    ph,
    name: oneReplacement(event.name ?? ""),
    category: event.cat ?? "",
    row: rowOf(event),
    since,
    until,
    args: argumentsOf(event),
    stack: stacks.text(event.sf),
    endStack: stacks.text(event.esf),
    to: "",
  };
}

/** The arguments that Go's viewer has too; it leaves out what is 0. */
function argumentsOf({ name, args = {} }: JsonEvent): string {
  if (name === "proc start" || name === "proc stop")
    return `thread ${args.thread ?? 0} proc ${args.proc ?? 0}`;
  return name === "syscall" ? String(args.blocked) : "";
}

/** An event as a text; equal ones are equal in all that is compared. */
export function viewerText({ ph, name, row, since, until, args, stack, endStack, to }: ViewerEvent): string {
  const where = to === "" ? row : `${row} → ${to}`;
  return [ph, JSON.stringify(name), where, `${since}–${until}`, args, stack, endStack].join(" | ");
}
