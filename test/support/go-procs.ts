import { type GoInterval, GoIntervals } from "./go-intervals.js";
import { type ParsedEvent, parsedEvents, quotedField, transitionOf } from "./go-parsed.js";
import { groupBy } from "./group-by.js";
import { type Span, sweep } from "./spans.js";

const WORKER = "runtime.gcBgMarkWorker";
const ASSIST = "GC mark assist";
const SWEEP = "GC incremental sweep";

/** What a P did, in nanoseconds. */
export interface GoProcTimes {
  /** A goroutine ran on it. */
  busy: number;
  /** Of that, or besides that, it marked, assisted or swept. */
  gc: number;
  assists: number;
  syscall: number;
  /** A thread had it. */
  held: number;
}

/** The use of Ps, by a walk over the official text. Shares no code with our reader. */
export class GoProcs {
  /** Of all Ps, in the order in which they are mentioned. */
  readonly ids = new Set<number>();
  readonly #intervals: GoIntervals;
  readonly #held = new Map<number, Span[]>();
  readonly #heldSince = new Map<number, number>();
  readonly #sweeps = new Map<number, Span[]>();
  readonly #assists = new Map<number, Span[]>();
  /** By range and its goroutine or P: since when it is open. */
  readonly #open = new Map<string, number>();
  readonly #workers = new Set<number>();
  readonly #start: number;
  #time: number;

  private constructor(start: number) {
    this.#start = start;
    this.#time = start;
    this.#intervals = new GoIntervals(start);
  }

  /** @param text what `go tool trace -d=parsed` prints */
  static of(text: string): GoProcs {
    let procs: GoProcs | undefined;
    for (const event of parsedEvents(text)) {
      procs ??= new GoProcs(event.time);
      procs.#event(event);
    }
    if (procs === undefined) throw new Error("a trace without events");
    procs.#finish();
    return procs;
  }

  timesOf(proc: number): GoProcTimes {
    const { onProc, running, syscalls } = this.#intervals;
    const runs = onProc.filter(({ on }) => on === proc);
    const within = (all: readonly GoInterval[]) => {
      const of = groupBy(all, ({ goroutine }) => `${goroutine}`);
      return runs.flatMap((run) => (of.get(`${run.goroutine}`) ?? []).flatMap((each) => common(each, run)));
    };
    const busy = within(running);
    const marking = within(running.filter(({ goroutine }) => this.#workers.has(goroutine)));
    const assisting = within(
      running.flatMap((run) =>
        (this.#assists.get(run.goroutine) ?? [])
          .flatMap((each) => common(each, run))
          .map((span) => ({ ...span, goroutine: run.goroutine })),
      ),
    );
    return {
      busy: length(busy),
      gc: length([...marking, ...assisting, ...(this.#sweeps.get(proc) ?? [])]),
      assists: length(assisting),
      syscall: length(within(syscalls)),
      held: length(this.#held.get(proc) ?? []),
    };
  }

  #event(event: ParsedEvent): void {
    this.#time = event.time;
    this.#intervals.event(event);
    if (event.kind === "Label") this.#workers.add(event.goroutine);
    else if (event.kind === "StateTransition") this.#transition(event);
    else if (event.kind.startsWith("Range")) this.#range(event);
  }

  #transition(event: ParsedEvent): void {
    const { of, id, from, to } = transitionOf(event);
    if (of === "ProcID") this.ids.add(id);
    if (of === "GoID") {
      if (event.transitionStack.trimEnd().split("\n").at(-1)?.startsWith(`${WORKER} `)) this.#workers.add(id);
    } else if (to === "Running" && !this.#heldSince.has(id))
      this.#heldSince.set(id, from === "Undetermined" ? this.#start : event.time);
    else if (to === "Idle") this.#release(id);
  }

  #release(proc: number): void {
    const begin = this.#heldSince.get(proc);
    if (begin !== undefined) push(this.#held, proc, { begin, end: this.#time });
    this.#heldSince.delete(proc);
  }

  #range(event: ParsedEvent): void {
    const name = quotedField(event, "Name");
    if (name !== ASSIST && name !== SWEEP) return;
    const [, id = ""] = / Scope=\w+\((\d+)\)/.exec(event.details) ?? [];
    const key = `${name} ${id}`;
    if (event.kind === "RangeEnd") this.#close(key);
    else if (!this.#open.has(key))
      this.#open.set(key, event.kind === "RangeBegin" ? event.time : this.#start);
  }

  #close(key: string): void {
    const begin = this.#open.get(key);
    this.#open.delete(key);
    const isAssist = key.startsWith(ASSIST);
    const id = Number(key.split(" ").at(-1));
    if (begin !== undefined) push(isAssist ? this.#assists : this.#sweeps, id, { begin, end: this.#time });
  }

  #finish(): void {
    this.#intervals.finish();
    for (const proc of [...this.#heldSince.keys()]) this.#release(proc);
    for (const key of [...this.#open.keys()]) this.#close(key);
  }
}

function common(one: Span, other: Span): Span[] {
  const begin = Math.max(one.begin, other.begin);
  const end = Math.min(one.end, other.end);
  return begin < end ? [{ begin, end }] : [];
}

/** How long there is any of them. */
function length(spans: readonly Span[]): number {
  let sum = 0;
  sweep([spans], ([count = 0], time) => {
    if (count > 0) sum += time;
  });
  return sum;
}

function push<Key>(lists: Map<Key, Span[]>, key: Key, span: Span): void {
  const list = lists.get(key);
  if (list === undefined) lists.set(key, [span]);
  else list.push(span);
}
