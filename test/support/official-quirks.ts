import type { Analysis } from "../../src/analysis/analysis.js";
import type { RangeRow } from "../../src/analysis/range-counts.js";
import type { GoroutineRow, RegionRow } from "../../src/analysis/summary/rows.js";
import type { EventBlock } from "../../src/event/block.js";
import { EVENT_KINDS, EventKind } from "../../src/event/kind.js";

/**
 * Where Go's own figures of a trace are others than ours on purpose. Peculiarities that we keep, so that figures are
 * equal, are named where they are computed: see `SyscallTimes`, `GoroutineRanges` and `TaskRow`.
 */
export const OFFICIAL_QUIRKS = {
  lastLives:
    "The runtime gives the goroutine that serves calls from C its id again with every call. Go's summarizer keeps one " +
    "entry an id and so forgets what came before; we count every life.",
  callbacks:
    "Goroutines that serve calls from C are `runtime.cgocallback` or nameless to Go's tools, and so the runtime's own; we name them by " +
    "the function of the program that C calls, if a stack tells it.",
  fromMention:
    "A range that is under way when the trace begins counts from where it is mentioned, a little later; we count it " +
    "from the beginning of the trace, as we and Go's summarizer do with goroutines.",
  openRanges:
    "Ranges that are under way at the end of the trace are counted over all names (`openRangesAtEnd`); the field " +
    "`Open` by name stays 0. We count them by name.",
  doubleEnds:
    "A task that is ended twice ends with its second end to Go's summarizer, which then forgets its type; to us with the " +
    "first.",
  brokenTail:
    "Of a trace that breaks, `go tool trace` looks only at events up to the last beginning of a generation (or the " +
    "first); we count everything up to the break.",
  oneReplacement:
    "Every byte that is no UTF-8 is replaced by a character in JSON that Go writes; we keep it as `\\x9a`.",
  ties:
    "In traces before Go 1.22, whose clock ticks slowly, events of several Ps often have the same time. Go takes them in " +
    "the order of a map, another one with every run; so do goroutines come that are runnable when the trace begins. " +
    "Such events then follow one another by a nanosecond, so that durations may differ by some nanoseconds too.",
  noParent:
    "The end of a task without a parent names the background task as its parent in traces before Go 1.22; the beginning, " +
    "and both in later traces, name none. We always say none.",
  firstProcs:
    "In traces before Go 1.22 the first GOMAXPROCS ends what is told of the beginning of the trace. Go's tools use it for " +
    "that and then forget it, so that they know no number of Ps unless it changes; we give it out.",
  laterProcs:
    "In traces before Go 1.22 only the P that starts the trace runs when it begins. Go's tools do not know of the others " +
    "until they start; we know that they did not run.",
  initialSyscalls:
    "In traces before Go 1.22 goroutines that are in a system call when the trace begins are told of on the P that starts " +
    "it. Go's summarizer takes that for the P that they have; we know that they have none.",
  createdInSyscall:
    "In traces of Go 1.20 and 1.21 a goroutine for a thread that C made is created and then told to be in a system call. Go's tools " +
    "give both; we give that it is created in one, but where Go's verdict is asked for.",
  olderAssists:
    "In traces before Go 1.22 only the end of a mark assist tells that it is older than the trace. Go's tools give that alone; " +
    "we tell just before it that it was under way.",
  startStacks:
    "In traces before Go 1.22 the start functions of goroutines that are there when the trace begins are told with them. Go's " +
    "tools leave them out, so that those without any stack later have no name; we give them as stacks of one function.",
  takenProcs:
    "In traces before Go 1.22, when a thread takes the P of one in a system call and goes on with it at once, all that is " +
    "told is that the system call blocks, and that another one ends. Go's tools tell nothing, and leave the P with the thread that had it; " +
    "we tell that the P is stolen, and starts on the thread of the system call that ends.",
  stopsLeftOut:
    "Before Go 1.10 every P told by itself that it was stopped. Go's tools of today do not read such traces; what the " +
    "oracle has was made without these events.",
} as const;

/** The rows of goroutines that Go's summarizer has, by id; rows are in the order of their ends. */
export function lastLives(rows: readonly GoroutineRow[]): Map<number, GoroutineRow> {
  return new Map(rows.map((row) => [row.id, row]));
}

/** The name of goroutines that serve calls from C to Go's tools; without any stack they have none. */
const CGO_ENTRY = "runtime.cgocallback";

/** The name that Go's tools give a goroutine. @param official the one in the oracle, where that has the goroutine */
export function asGoName(name: string, official: string | undefined): string {
  if (official === CGO_ENTRY && !name.startsWith("runtime.")) return CGO_ENTRY;
  return official === "" && name === "cgo callback" ? "" : name;
}

/** A row with the name that Go's tools give it, likewise. */
export function asGoNames(row: GoroutineRow, official: string | undefined): GoroutineRow {
  if (official !== undefined) return { ...row, function: asGoName(row.function, official) };
  if (row.function !== "cgo callback") return row;
  return { ...row, function: row.pc === undefined ? "" : CGO_ENTRY };
}

/** The regions of these. */
export function regionsOfLastLives(
  rows: readonly RegionRow[],
  goroutines: ReadonlyMap<number, GoroutineRow>,
): RegionRow[] {
  return rows.filter(({ goroutine, until }) => {
    const created = goroutines.get(goroutine)?.created;
    return created !== undefined && (until === undefined || until >= created);
  });
}

/** What Go's summarizer loses of tasks that are ended again: their type, and when they ended first. */
export class DoubleEnds implements Analysis {
  readonly #begun = new Map<number, { readonly type: string; end: number | undefined }>();
  readonly #lost = new Map<
    number,
    { readonly type: string; readonly first: number; readonly last: number }
  >();

  block(block: EventBlock): void {
    for (let i = 0; i < block.length; i++) {
      const task = block.subject[i] as number;
      const time = block.time[i] as number;
      if (block.kind[i] === EventKind.TaskBegin)
        this.#begun.set(task, {
          type: block.generation?.strings.text(block.name[i] as number) ?? "",
          end: undefined,
        });
      if (block.kind[i] !== EventKind.TaskEnd) continue;
      const begun = this.#begun.get(task);
      if (begun === undefined) continue;
      if (begun.end === undefined) begun.end = time;
      else this.#lost.set(task, { type: begun.type, first: begun.end, last: time });
    }
  }

  /** The oracle's row as we have it. @throws Error if Go's summarizer does not lose what it is known to lose */
  asOurs<Row extends { readonly ID: number; readonly Name: string; readonly End: number }>(
    row: Row,
    base: number,
  ): Row {
    const lost = this.#lost.get(row.ID);
    if (lost === undefined) return row;
    if (row.Name !== "" || row.End !== base + lost.last) throw new Error(`task ${row.ID} is not as expected`);
    return { ...row, Name: lost.type, End: base + lost.first };
  }
}

/** Adds up, by name, how long after the beginning of the trace the ranges were mentioned that ended later. */
export class FromMention implements Analysis {
  readonly lost = new Map<string, number>();
  readonly #open = new Map<string, number | undefined>();

  block(block: EventBlock): void {
    for (let i = 0; i < block.length; i++) {
      const { class: phase, label, scope } = EVENT_KINDS[block.kind[i] as number] ?? {};
      if (label === undefined || scope === undefined) continue;
      const key = `${label} ${scope === "none" ? "" : block.subject[i]}`;
      if (phase === "range-begin") this.#open.set(key, undefined);
      else if (phase === "range-active" && !this.#open.has(key)) this.#open.set(key, block.time[i]);
      else if (phase === "range-end") {
        this.lost.set(label, (this.lost.get(label) ?? 0) + (this.#open.get(key) ?? 0));
        this.#open.delete(key);
      }
    }
  }
}

export function openRanges(rows: readonly RangeRow[]): number {
  return rows.reduce((sum, { open }) => sum + open, 0);
}

/** A value with one replacement character where bytes are no UTF-8, in all its texts. */
export function oneReplacement<T>(value: T): T {
  return JSON.parse(JSON.stringify(value).replace(/(?:\ufffd|\\\\x[89a-f][0-9a-f])+/g, "\ufffd")) as T;
}
