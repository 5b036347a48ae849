import { asGoName, oneReplacement } from "../official-quirks.js";
import type { OracleGoroutine, OracleRegion, OracleSummary, OracleTask } from "../oracle.js";
import type { OtlpSpan } from "./otlp-spans.js";

/** What Go's summarizer calls a beginning or end that the trace does not have. */
const UNSEEN = -1;
/** A region that a goroutine has from its creator, which has no span. */
const INHERITED = "StateTransition";

/** Tells where spans differ from what Go's own summarizer says of tasks, regions, logs and goroutines. */
export class OtlpOracle {
  readonly #summary: OracleSummary;
  readonly #spans: readonly OtlpSpan[];
  readonly #wallStart: bigint;
  readonly #byId: ReadonlyMap<string, OtlpSpan>;
  /** When goroutines began to wait forever. */
  readonly #forever: ReadonlyMap<unknown, bigint>;
  /** Regions whose beginning is in the trace, by goroutine and task. */
  readonly #begun = new Map<string, OracleRegion[]>();
  readonly #tasks = new Map<number, OtlpSpan>();

  /** @param wallStart wall clock at the start of the trace, in nanoseconds since 1970 */
  constructor(summary: OracleSummary, spans: readonly OtlpSpan[], wallStart: bigint) {
    this.#summary = oneReplacement(summary);
    this.#spans = spans;
    this.#wallStart = wallStart;
    this.#byId = new Map(spans.map((span) => [`${span.traceId} ${span.spanId}`, span]));
    const forever = this.#of("blocked").filter(({ name }) => name === "blocked: forever");
    this.#forever = new Map(forever.map(({ attributes, start }) => [attributes["go.goroutine.id"], start]));
    for (const region of this.#summary.regions ?? []) {
      if (region.StartKind !== "RegionBegin") continue;
      const key = `${region.G} ${region.Task}`;
      this.#begun.set(key, [...(this.#begun.get(key) ?? []), region]);
    }
    for (const span of this.#of("task")) this.#tasks.set(span.attributes["go.task.id"] as number, span);
  }

  /** One line for each difference. */
  differences(): string[] {
    const tasks = (this.#summary.tasks ?? []).filter(({ ID }) => ID > 0);
    return [
      ...count("tasks", this.#tasks.size, tasks.length),
      ...tasks.flatMap((task) => this.#task(task)),
      ...this.#regions(),
      ...this.#logs(),
      ...this.#goroutines(),
      ...this.#waits(),
    ];
  }

  #of(kind: string): OtlpSpan[] {
    return this.#spans.filter(({ attributes }) => attributes["go.kind"] === kind);
  }

  /** The wall clock at an absolute time of the trace's clock. */
  #wall(time: number): bigint {
    return this.#wallStart + BigInt(time - this.#summary.firstTime);
  }

  #task(task: OracleTask): string[] {
    const span = this.#tasks.get(task.ID);
    const what = `task ${task.ID}`;
    if (span === undefined) return [`${what} is missing`];
    const parent = task.Parent > 0 ? this.#tasks.get(task.Parent) : undefined;
    // Of a task that is ended twice, Go's summarizer keeps the second end, which has no type; we keep the first.
    const endsTwice = task.Name === "" && task.Start !== UNSEEN && span.name !== "unnamed task";
    if (endsTwice) return span.end < this.#wall(task.End) ? [] : [`${what} does not end with its first end`];
    return [
      ...same(`${what}: name`, oneReplacement(span.name), task.Name || "unnamed task"),
      ...same(`${what}: parent`, span.parentSpanId, parent?.spanId ?? ""),
      ...same(`${what}: id of parent`, span.attributes["go.task.parent.id"] ?? 0, Math.max(task.Parent, 0)),
      ...(parent === undefined ? [] : same(`${what}: trace`, span.traceId, parent.traceId)),
      ...this.#times(what, span, task.Start, task.End),
    ];
  }

  /** Compares when a span begins and ends, and what it says to be cut. */
  #times(
    what: string,
    span: OtlpSpan,
    start: number,
    end: number,
    first = this.#summary.firstTime,
  ): string[] {
    const { lastTime } = this.#summary;
    const isOld = start === UNSEEN;
    const isOpen = end === UNSEEN;
    const cut = isOld ? (isOpen ? "both" : "start") : isOpen ? "end" : undefined;
    const from = this.#wall(isOld ? first : start);
    const to = this.#wall(isOpen ? lastTime : end);
    return [
      ...same(`${what}: start`, span.start, from),
      ...same(`${what}: end`, span.end, to > from ? to : from + 1n),
      ...same(`${what}: cut`, span.attributes["go.cut"], cut),
    ];
  }

  #regions(): string[] {
    const { regions: all, regionCountInSummary } = this.#summary;
    const regions = (all ?? []).filter(({ StartKind }) => StartKind !== INHERITED);
    const spans = this.#of("region");
    const isWhole = (all ?? []).length === regionCountInSummary;
    const keyed = new Map<string, OtlpSpan[]>();
    for (const span of spans) {
      const { "go.goroutine.id": goroutine, "go.task.id": task } = span.attributes;
      // Of those that began before the trace, the end says which is which.
      const when = /start|both/.test(String(span.attributes["go.cut"] ?? ""))
        ? `-${span.end}`
        : `${span.start}`;
      const key = `${goroutine} ${task ?? 0} ${when}`;
      keyed.set(key, [...(keyed.get(key) ?? []), span]);
    }
    const creation = new Map(this.#summary.goroutineList.map(({ ID, Creation }) => [ID, Creation]));
    return [
      ...(isWhole ? count("regions", spans.length, regions.length) : []),
      ...regions.flatMap((region) => this.#region(region, keyed, creation.get(region.G))),
    ];
  }

  #region(
    region: OracleRegion,
    keyed: ReadonlyMap<string, readonly OtlpSpan[]>,
    creation: number | undefined,
  ): string[] {
    const what = `region ${region.Name} of goroutine ${region.G} at ${region.Start}`;
    const isOld = region.Start === UNSEEN;
    const waitsForever = this.#forever.get(region.G) === this.#wall(region.End);
    const key = `${region.G} ${region.Task} ${isOld ? `-${this.#wall(region.End)}` : this.#wall(region.Start)}`;
    const [span] = keyed.get(key) ?? [];
    if (span === undefined) return [`${what} is missing`];
    const isLeft = region.EndKind !== "" && region.EndKind !== "RegionEnd" && !waitsForever;
    return [
      ...same(`${what}: name`, oneReplacement(span.name), region.Name || "unnamed region"),
      ...this.#times(what, span, region.Start, waitsForever ? UNSEEN : region.End, creation),
      ...same(`${what}: parent`, this.#parentOf(span), this.#parentOfRegion(region, span)),
      ...same(
        `${what}: how it ends`,
        span.attributes["go.region.end"],
        isLeft ? "goroutine ended" : undefined,
      ),
      ...(isOld || waitsForever || region.Sysc > 0 ? [] : this.#spent(what, span, region)),
    ];
  }

  /** The innermost region of the same goroutine and task around it, else the task, else the goroutine. */
  #parentOfRegion(region: OracleRegion, span: OtlpSpan): string {
    const endOf = ({ End }: OracleRegion) => (End === UNSEEN ? Number.POSITIVE_INFINITY : End);
    const around = (this.#begun.get(`${region.G} ${region.Task}`) ?? []).filter(
      (other) => other.Start < region.Start && region.Start < endOf(other),
    );
    const innermost = around.reduce((inner, each) => (each.Start > inner.Start ? each : inner), {
      Start: -1,
      Name: "",
    } as OracleRegion);
    if (innermost.Start >= 0) return `region ${this.#wall(innermost.Start)}`;
    if (region.Task > 0 && this.#tasks.has(region.Task)) return `task ${region.Task}`;
    return `goroutine ${span.attributes["go.goroutine.id"]}`;
  }

  #parentOf({ traceId, parentSpanId }: OtlpSpan): string {
    const parent = this.#byId.get(`${traceId} ${parentSpanId}`);
    if (parent === undefined) return "none";
    const { "go.kind": kind, "go.task.id": task, "go.goroutine.id": goroutine } = parent.attributes;
    if (kind === "region") return `region ${parent.start}`;
    return kind === "task" ? `task ${task}` : `${kind} ${goroutine}`;
  }

  #spent(
    what: string,
    { attributes }: OtlpSpan,
    { Exec, SchedWait, Block = {} }: Pick<OracleRegion, "Exec" | "SchedWait" | "Block">,
  ): string[] {
    const blocked = Object.values(Block).reduce((sum, time) => sum + time, 0);
    return [
      ...same(`${what}: running`, attributes["go.time.running"] ?? 0, Exec),
      ...same(`${what}: runnable`, attributes["go.time.runnable"] ?? 0, SchedWait),
      ...same(`${what}: blocked`, attributes["go.time.blocked"] ?? 0, blocked),
    ];
  }

  /** Every log is an event of a span of its task, or of its goroutine. */
  #logs(): string[] {
    const logs = this.#summary.logs ?? [];
    const found = this.#spans.flatMap((span) =>
      span.events
        .filter(({ attributes }) => attributes["go.log.message"] !== undefined)
        .map(({ name, time, attributes }) => {
          const {
            "go.log.category": category,
            "go.log.message": message,
            "go.task.id": task = 0,
          } = attributes;
          const trace = this.#tasks.get(task as number)?.traceId;
          const isAtHome =
            span.traceId === trace || span.attributes["go.goroutine.id"] === attributes["go.goroutine.id"];
          const named = name === (category || "log") && isAtHome;
          const text = `${time} ${attributes["go.goroutine.id"]} ${task} ${category}: ${message} ${named}`;
          return oneReplacement(text);
        }),
    );
    const expected = logs.map(
      ({ T, G, Task, Category, Message }) => `${this.#wall(T)} ${G} ${Task} ${Category}: ${Message} true`,
    );
    if (expected.length < this.#summary.logCount) return count("logs", found.length, this.#summary.logCount);
    const known = new Set(found);
    const missing = expected.filter((log) => !known.has(log));
    return [...count("logs", found.length, expected.length), ...missing.map((log) => `no log ${log}`)];
  }

  #goroutines(): string[] {
    const spans = this.#of("goroutine");
    const { goroutineList, goroutineListTruncated } = this.#summary;
    // Ids that are given again have an entry each in Go's summary: that of the last life.
    const last = new Map<number, OtlpSpan>();
    for (const span of spans) {
      const id = span.attributes["go.goroutine.id"] as number;
      const known = last.get(id);
      if (known === undefined || known.start < span.start) last.set(id, span);
    }
    return [
      ...(goroutineListTruncated ? [] : count("goroutines", last.size, goroutineList.length)),
      ...goroutineList.flatMap((goroutine) => this.#goroutine(goroutine, last.get(goroutine.ID))),
    ];
  }

  #goroutine(goroutine: OracleGoroutine, span: OtlpSpan | undefined): string[] {
    const what = `goroutine ${goroutine.ID}`;
    if (span === undefined) return [`${what} is missing`];
    // For Go's summarizer, a goroutine that waits forever has ended.
    const waitsForever = this.#forever.get(goroutine.ID) === this.#wall(goroutine.End);
    const isOld = goroutine.Creation === this.#summary.firstTime;
    const root = this.#byId.get(`${span.traceId} ${span.parentSpanId}`);
    const { Syscall, SyscallBlk } = goroutine;
    return [
      ...same(
        `${what}: name`,
        asGoName(span.name, goroutine.Name) || "goroutine",
        goroutine.Name || "goroutine",
      ),
      ...same(`${what}: parent`, root?.attributes["go.kind"], "capture"),
      ...this.#times(
        what,
        span,
        isOld ? UNSEEN : goroutine.Creation,
        waitsForever ? UNSEEN : goroutine.End || UNSEEN,
      ),
      ...(waitsForever || Syscall + SyscallBlk > 0 ? [] : this.#spent(what, span, goroutine)),
    ];
  }

  /** How many waits begin in the trace for each reason; those of which none is told have no more of a name. */
  #waits(): string[] {
    const begun = this.#of("blocked").filter(
      ({ attributes }) => !/start|both/.test(`${attributes["go.cut"]}`),
    );
    const found = new Map<string, number>();
    for (const { name, attributes } of begun) {
      const span = `${name} (${attributes["go.reason"]})`;
      found.set(span, (found.get(span) ?? 0) + 1);
    }
    const expected = new Map<string, number>();
    for (const [transition, number] of Object.entries(this.#summary.transitions)) {
      const [isWait, reason] = /^G (?:Running|NotExist)->Waiting(?: \((.*)\))?$/.exec(transition) ?? [];
      const span = reason === undefined ? "blocked (undefined)" : `blocked: ${reason} (${reason})`;
      if (isWait !== undefined) expected.set(span, (expected.get(span) ?? 0) + number);
    }
    return [...expected].flatMap(([span, number]) => count(`spans ${span}`, found.get(span) ?? 0, number));
  }
}

function same<T>(what: string, actual: T, expected: T): string[] {
  return actual === expected ? [] : [`${what} is ${actual}, not ${expected}`];
}

function count(what: string, actual: number, expected: number): string[] {
  return actual === expected ? [] : [`${actual} ${what}, not ${expected}`];
}
