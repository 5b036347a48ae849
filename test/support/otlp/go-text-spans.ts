import { TIME_ATTRIBUTES } from "../../../src/sink/otlp/attributes.js";
import type { GoInterval } from "../go-intervals.js";
import type { GoRange } from "../go-ranges.js";
import type { GoTrace } from "../go-trace.js";
import { listDifference } from "../list-difference.js";
import type { OtlpAttributes, OtlpSpan } from "./otlp-spans.js";

/** What runs while the program is stopped, and what marks. */
const STOP = /^stop-the-world /;
const CYCLE = "GC concurrent mark phase";
const ASSIST = "GC mark assist";
const RUNTIME_FRAME = /^(runtime(\/trace)?|internal\/[\w/]+|sync|syscall)\./;
const RUNTIME = "test/runtime";

/** Texts to compare, by what they are about. */
type Lists = Readonly<Record<string, readonly string[]>>;

/**
 * Tells where spans differ from Go's own text of a trace's events: waits, system calls and time runnable, each with its stack
 * and with who ended it; who created a goroutine and where; the runtime's ranges; the times of goroutines; stacks of annotations.
 * @param spans of all states, without a least duration and without a limit for each trace
 * @param wallStart wall clock at the start of the trace, in nanoseconds since 1970
 */
export function textDifferences(go: GoTrace, spans: readonly OtlpSpan[], wallStart: bigint): Lists {
  const told = new Told(go);
  const found = new Found(spans, wallStart);
  const once = found.onceGiven();
  const lists: Readonly<Record<string, readonly [actual: string[], expected: string[]]>> = {
    waits: [found.waits(), told.waits()],
    "system calls": [found.syscalls(), told.syscalls()],
    "time runnable": [found.runnable(), told.runnable()],
    creations: [found.creations(), told.creations()],
    "start functions": [found.startFunctions(), found.names()],
    "GC cycles and stops": [found.ranges(), told.ranges()],
    "times of goroutines": [found.times(once), told.times(once)],
    "tasks and regions": [found.annotations(), told.annotations()],
    logs: [found.logs(), told.logs()],
  };
  const differences = Object.entries(lists).map(
    ([what, [actual, expected]]) => [what, listDifference(actual, expected)] as const,
  );
  return Object.fromEntries(differences.filter(([, lines]) => lines.length > 0));
}

/** What Go's text says. Times are since the start of the trace. */
class Told {
  readonly #go: GoTrace;

  constructor(go: GoTrace) {
    this.#go = go;
  }

  waits(): string[] {
    return this.#go.intervals.waits.map((wait) => {
      const by = wait.by < 0 ? "" : `by ${wait.by} at ${placed(wait.endStack)}`;
      return `${this.#when(wait)} ${wait.reason} at ${placed(wait.stack)} ended ${by}`;
    });
  }

  syscalls(): string[] {
    const { syscalls, onThread } = this.#go.intervals;
    return syscalls.map((call) => {
      const on = onThread.find(
        ({ goroutine, begin, end }) => goroutine === call.goroutine && begin <= call.begin && call.end <= end,
      );
      return `${this.#when(call)} at ${placed(call.stack)} on ${on?.on ?? -1}`;
    });
  }

  runnable(): string[] {
    const { runnable, yields } = this.#go.intervals;
    const key = (goroutine: number, begin: number) => `${goroutine} ${begin}`;
    const yielded = new Map(yields.map((each) => [key(each.goroutine, each.begin), each]));
    const wakers = new Map(this.#go.arrows.complete.map(({ to, begin, from }) => [key(to, begin), from]));
    // Who made those runnable that do not run again is told of waits and creations.
    return runnable
      .filter(({ end }) => end < this.#go.end)
      .map((each) => {
        const { reason = "", stack = "" } = yielded.get(key(each.goroutine, each.begin)) ?? {};
        const by = wakers.get(key(each.goroutine, each.begin)) ?? -1;
        return `${this.#when(each)} ${reason} at ${stack} by ${by}`;
      });
  }

  creations(): string[] {
    return this.#go.arrows.complete
      .filter(({ kind }) => kind === "create")
      .map(({ to, from, begin, stack, ownStack }) => {
        const start = ownStack.trimEnd().split("\n").at(-1);
        return `${to} at ${begin - this.#go.start} starts in ${start} by ${from} at ${stack}`;
      });
  }

  ranges(): string[] {
    const all = this.#go.ranges.ranges.filter(({ name }) => name === CYCLE || STOP.test(name));
    return all.map((range) => {
      const { name, stack, begin } = range;
      const isOld = begin === this.#go.start && stack === "";
      const reason = /\((.*)\)/.exec(name)?.[1] ?? "";
      return `${name} ${isOld ? "(old) " : ""}${this.#span(range)} ${goroutineOf(range)} ${reason} at ${stack}`;
    });
  }

  /** By goroutine, its times in each state, and in ranges of its own and of the program. */
  times(ids: ReadonlySet<number>): string[] {
    const { waits, runnable, running, syscalls } = this.#go.intervals;
    const lives = new Map<number, { begin: number; end: number }>();
    for (const { goroutine, begin, end } of [...waits, ...runnable, ...running, ...syscalls]) {
      const life = lives.get(goroutine) ?? { begin, end };
      lives.set(goroutine, { begin: Math.min(life.begin, begin), end: Math.max(life.end, end) });
    }
    const states = [running, runnable, waits, syscalls].map(sums);
    const told = [...lives].filter(([goroutine]) => ids.has(goroutine));
    return told.map(([goroutine, life]) => {
      const [ran, waited, blocked, called] = states.map((sum) => sum.get(goroutine) ?? 0);
      const within = (test: (range: GoRange) => boolean) =>
        this.#go.ranges.ranges.filter(test).reduce((sum, range) => sum + shared(range, life), 0);
      return timesText(goroutine, {
        "go.time.running": ran as number,
        "go.time.runnable": waited as number,
        "go.time.blocked": blocked as number,
        "go.time.syscall": called as number,
        "go.time.gc_assist": within(
          ({ name, scope }) => name === ASSIST && scope === `Goroutine(${goroutine})`,
        ),
        "go.time.gc_active": within(({ name }) => name === CYCLE),
        "go.time.stop_the_world": within(({ name }) => STOP.test(name)),
      });
    });
  }

  annotations(): string[] {
    const { tasks, regions } = this.#go.annotations;
    return [...tasks, ...regions]
      .filter(({ begin }) => begin !== undefined)
      .map(({ begin, stack }) => `${(begin as number) - this.#go.start} at ${placed(stack)}`);
  }

  logs(): string[] {
    return this.#go.annotations.logs.map(({ time, goroutine, stack }) => {
      return `${time - this.#go.start} ${goroutine} at ${placed(stack).split("\n")[0]}`;
    });
  }

  #when(interval: GoInterval): string {
    return `${interval.goroutine} ${this.#span(interval)}`;
  }

  /** Begin and end, and whether they are those of the trace: a span lasts a nanosecond at least. */
  #span({ begin, end }: { readonly begin: number; readonly end: number }): string {
    const { start, end: last } = this.#go;
    return `${begin - start}–${Math.max(end, begin + 1) - start}${end === last ? " (open)" : ""}`;
  }
}

/** The same of spans. */
class Found {
  readonly #spans: readonly OtlpSpan[];
  readonly #byId: ReadonlyMap<string, OtlpSpan>;
  readonly #wallStart: bigint;

  constructor(spans: readonly OtlpSpan[], wallStart: bigint) {
    this.#spans = spans;
    this.#byId = new Map(spans.map((span) => [`${span.traceId} ${span.spanId}`, span]));
    this.#wallStart = wallStart;
  }

  waits(): string[] {
    return this.#of("blocked").map((span) => {
      const woken = span.events.map(
        ({ name, time, attributes }) =>
          `by ${attributes["go.by.goroutine.id"]} at ${placedOf(attributes)}` +
          `${name === "unblocked" && time === span.end ? "" : ` as ${name} at ${time}`}` +
          this.#linked(span, "unblocked by", attributes["go.by.goroutine.id"] as number),
      );
      const reason = span.attributes["go.reason"] ?? "";
      return `${this.#when(span)} ${reason} at ${placedOf(span.attributes)} ended ${woken.join()}`;
    });
  }

  syscalls(): string[] {
    return this.#of("syscall").map(
      (span) =>
        `${this.#when(span)} at ${placedOf(span.attributes)} on ${span.attributes["thread.id"] ?? -1}`,
    );
  }

  runnable(): string[] {
    return this.#of("runnable")
      .filter(({ attributes }) => !/end|both/.test(`${attributes["go.cut"]}`))
      .map((span) => {
        const { "go.by.goroutine.id": by = -1, "go.reason": reason = "" } = span.attributes;
        return `${this.#when(span)} ${reason} at ${stackOf(span.attributes)} by ${by}`;
      });
  }

  creations(): string[] {
    const ran = new Set(
      this.#of("runnable")
        .filter(({ attributes }) => !/end|both/.test(`${attributes["go.cut"]}`))
        .map(({ attributes, start }) => `${attributes["go.goroutine.id"]} ${start}`),
    );
    return this.#of("goroutine")
      .filter(({ attributes, start }) => ran.has(`${attributes["go.goroutine.id"]} ${start}`))
      .filter(({ attributes }) => attributes["go.cut"] !== "start" && attributes["go.cut"] !== "both")
      .map((span) => {
        const by = (span.links[0]?.attributes["go.by.goroutine.id"] ?? -1) as number;
        const link = this.#linked(span, "created by", by);
        const { "go.goroutine.id": id } = span.attributes;
        return `${id} at ${this.#since(span.start)} starts in ${placeOf(span.attributes)} by ${by} at ${stackOf(span.attributes)}${link}`;
      });
  }

  startFunctions(): string[] {
    return this.#of("goroutine").map(
      ({ attributes }) =>
        `${attributes["go.goroutine.id"]} ${attributes["code.function.name"] ?? "goroutine"}`,
    );
  }

  /** The names of goroutines. Of one without any stack, no function is known. */
  names(): string[] {
    return this.#of("goroutine").map(
      ({ attributes, name }) =>
        `${attributes["go.goroutine.id"]} ${name.replace(/^cgo callback$/, "goroutine")}`,
    );
  }

  ranges(): string[] {
    return [...this.#of("GC"), ...this.#of("stop-the-world")].map((span) => {
      const { name, attributes, resource } = span;
      const { "go.reason": reason = "", "go.goroutine.id": who = "" } = attributes;
      const isOld = /start|both/.test(`${attributes["go.cut"]}`);
      const where = resource["service.name"] === RUNTIME ? "" : " of the program";
      return `${name} ${isOld ? "(old) " : ""}${this.#span(span)} ${who} ${reason} at ${stackOf(attributes)}${where}`;
    });
  }

  times(ids: ReadonlySet<number>): string[] {
    const spans = this.#of("goroutine").map(({ attributes }) => attributes);
    return spans
      .filter(({ "go.goroutine.id": id }) => ids.has(id as number))
      .map((attributes) => timesText(attributes["go.goroutine.id"] as number, attributes));
  }

  /** The ids that the runtime has given to one goroutine only: it gives those that serve calls from C the same again. */
  onceGiven(): Set<number> {
    const ids = this.#of("goroutine").map(({ attributes }) => attributes["go.goroutine.id"] as number);
    return new Set(ids.filter((id) => ids.indexOf(id) === ids.lastIndexOf(id)));
  }

  annotations(): string[] {
    return [...this.#of("task"), ...this.#of("region")]
      .filter(({ attributes }) => !/start|both/.test(`${attributes["go.cut"]}`))
      .map(({ attributes, start }) => `${this.#since(start)} at ${placedOf(attributes)}`);
  }

  logs(): string[] {
    return this.#spans
      .flatMap(({ events }) => events)
      .filter(({ attributes }) => attributes["go.log.message"] !== undefined)
      .map(({ time, attributes }) => {
        return `${this.#since(time)} ${attributes["go.goroutine.id"]} at ${placeOf(attributes)}`;
      });
  }

  #of(kind: string): OtlpSpan[] {
    return this.#spans.filter(({ attributes }) => attributes["go.kind"] === kind);
  }

  /** "" if a link leads to the innermost of what a goroutine worked on then; otherwise where it leads. */
  #linked(span: OtlpSpan, what: string, by: number): string {
    const links = span.links.filter(({ attributes }) => attributes["go.link"] === what);
    const [link] = links;
    if (by < 0 && links.length === 0) return "";
    const to = link && this.#byId.get(`${link.traceId} ${link.spanId}`);
    if (link === undefined || to === undefined || links.length > 1) return ` with ${links.length} links`;
    const time = what === "created by" ? span.start : span.end;
    const isOpen = to.start <= time && time <= to.end;
    const isOf = to.attributes["go.goroutine.id"] === by && link.attributes["go.by.goroutine.id"] === by;
    return isOpen && isOf && this.#isInnermost(to, by, time) ? "" : ` linked to ${to.name}`;
  }

  /** Whether the goroutine had no region open that began later. */
  #isInnermost(place: OtlpSpan, goroutine: number, time: bigint): boolean {
    return !this.#of("region").some(
      ({ attributes, start, end }) =>
        attributes["go.goroutine.id"] === goroutine && place.start < start && start < time && time < end,
    );
  }

  #when(span: OtlpSpan): string {
    return `${span.attributes["go.goroutine.id"]} ${this.#span(span)}`;
  }

  #span({ start, end, attributes }: OtlpSpan): string {
    const isOpen = /end|both/.test(`${attributes["go.cut"]}`);
    return `${this.#since(start)}–${this.#since(end)}${isOpen ? " (open)" : ""}`;
  }

  #since(time: bigint): number {
    return Number(time - this.#wallStart);
  }
}

function timesText(goroutine: number, attributes: OtlpAttributes): string {
  const times = TIME_ATTRIBUTES.map((key) => `${key} ${attributes[key] ?? 0}`);
  return `${goroutine}: ${times.join(", ")}`;
}

/** The sum of intervals, by goroutine. */
function sums(intervals: readonly GoInterval[]): ReadonlyMap<number, number> {
  const found = new Map<number, number>();
  for (const { goroutine, begin, end } of intervals)
    found.set(goroutine, (found.get(goroutine) ?? 0) + end - begin);
  return found;
}

function goroutineOf({ scope }: GoRange): string {
  return /^Goroutine\((\d+)\)$/.exec(scope)?.[1] ?? "";
}

/** How long two stretches of time have in common. */
function shared(one: GoInterval | GoRange, other: { readonly begin: number; readonly end: number }): number {
  return Math.max(0, Math.min(one.end, other.end) - Math.max(one.begin, other.begin));
}

/** A stack behind the place where the code was: the innermost frame outside of the runtime. */
function placed(stack: string): string {
  const frames = stack.split("\n");
  const place = frames.find((frame) => !RUNTIME_FRAME.test(frame) && frame !== "") ?? frames[0];
  return `${place === " :0" ? "" : place}\n${stack}`;
}

function placedOf(attributes: OtlpAttributes): string {
  return `${placeOf(attributes)}\n${stackOf(attributes)}`;
}

/** A frame as Go's text has it. */
function placeOf(attributes: OtlpAttributes): string {
  const { "code.function.name": func = "", "code.file.path": file, "code.line.number": line } = attributes;
  return file === undefined ? `${func}` : `${func} ${file}:${line}`;
}

/** A stack as Go's text has it: a line for each frame. One without symbols is an address in ours. */
function stackOf(attributes: OtlpAttributes): string {
  const text = attributes["code.stacktrace"];
  if (text === undefined) return "";
  return `${text}\n`.replaceAll("\n\t", " ").replace(/^0x[0-9a-f]+$/gm, " :0");
}
