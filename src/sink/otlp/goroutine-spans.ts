import { NONE } from "../../base/ids.js";
import { SlotIndex } from "../../base/slot-index.js";
import type { LoggedSpan } from "../../event/link-log.js";
import type { SchedModel } from "../../sched/model.js";
import { Edge } from "../../sched/state.js";
import { Attribute } from "./attributes.js";
import type { CodePlace } from "./code-places.js";
import type { GoSpan } from "./go-span.js";
import { OpenPlace, OpenPlaces } from "./open-places.js";
import type { SpanMaker } from "./span-maker.js";
import { SpanType } from "./span-type.js";
import { NOTHING, type StateTimes } from "./state-times.js";

/** A live goroutine. */
interface Live {
  readonly span: GoSpan;
  readonly before: Float64Array;
  /** Open tasks and regions; undefined before the first. */
  places: OpenPlaces | undefined;
  /** What it does for a span of the program's own tracing, outside of tasks and regions. */
  stretch: Stretch | undefined;
  /** The span of the task that it begins next, and that task's parent (0: none). */
  next: { readonly ids: LoggedSpan; readonly parent: number } | undefined;
}

interface Stretch {
  readonly span: GoSpan;
  readonly before: Float64Array;
}

/** Spans of goroutines, with the tasks and regions that each works on. */
export class GoroutineSpans {
  readonly #model: SchedModel;
  readonly #maker: SpanMaker;
  readonly #times: StateTimes;
  readonly #root: GoSpan;
  readonly #slots = new SlotIndex();
  /** By slot. */
  readonly #live: (Live | undefined)[] = [];

  constructor(model: SchedModel, maker: SpanMaker, times: StateTimes, root: GoSpan) {
    this.#model = model;
    this.#maker = maker;
    this.#times = times;
    this.#root = root;
  }

  /** The slot of a live goroutine, or −1. */
  slot(goroutine: number): number {
    return goroutine < 0 ? NONE : this.#slots.get(goroutine);
  }

  /**
   * A goroutine appears.
   * @param creation the creator's stack
   * @param first its own first stack
   */
  begin(slot: number, time: number, creation: CodePlace | undefined, first: CodePlace | undefined): void {
    const { goroutines } = this.#model;
    const id = goroutines.id[slot] as number;
    const isOld = goroutines.sinceEdge[slot] === Edge.Cut;
    const start = isOld ? 0 : time;
    this.#slots.set(id, slot);
    this.#times.begin(slot);
    const span = this.#maker.child(SpanType.Goroutine, this.#root, id, "", start, {
      [Attribute.Goroutine]: id,
    });
    if (isOld) span.cutStart();
    first?.describeStart(span.attributes);
    if (creation !== undefined) span.attributes[Attribute.Stack] = creation.text;
    const creator = this.placeOf(goroutines.creator[slot] as number);
    if (creator !== undefined) {
      const by = goroutines.creator[slot] as number;
      span.link(creator, { [Attribute.Link]: "created by", [Attribute.By]: by });
    }
    span.trace.begin(span);
    const before = isOld ? NOTHING : this.#times.read(slot, time);
    this.#live[slot] = { span, before, places: undefined, stretch: undefined, next: undefined };
  }

  /** The start function of a goroutine is known. */
  named(slot: number, stack: CodePlace | undefined): void {
    const span = this.#live[slot]?.span;
    if (span !== undefined) stack?.describeStart(span.attributes);
  }

  /** The parent of a goroutine's states: the innermost task or region, a stretch, or its own span. */
  place(slot: number): GoSpan | undefined {
    const live = this.#live[slot];
    return live?.places?.innermost?.span ?? live?.stretch?.span ?? live?.span;
  }

  /** The same by a goroutine's id; undefined if it is unknown. */
  placeOf(goroutine: number): GoSpan | undefined {
    const slot = this.slot(goroutine);
    return slot === NONE ? undefined : this.place(slot);
  }

  /** The innermost place of a task; for no task (0), also a stretch or the goroutine's own span. */
  placeFor(slot: number, task: number): GoSpan | undefined {
    const live = this.#live[slot];
    return live?.places?.ofTask(task)?.span ?? (task > 0 ? undefined : (live?.stretch?.span ?? live?.span));
  }

  /** What a goroutine does for a span of the program's own tracing, outside of tasks and regions. */
  stretch(slot: number): GoSpan | undefined {
    return this.#live[slot]?.stretch?.span;
  }

  /** A stretch of a live goroutine begins, and another one ends. */
  beginStretch(slot: number, time: number): GoSpan {
    const live = this.#live[slot] as Live;
    this.endStretch(slot, time);
    const id = this.#model.goroutines.id[slot] as number;
    const span = this.#maker.child(SpanType.Stretch, live.span, id, "", time, { [Attribute.Goroutine]: id });
    span.trace.begin(span);
    live.stretch = { span, before: this.#times.read(slot, time) };
    return span;
  }

  /** A stretch ends, if there is one. @param isCut whether by the end of the trace */
  endStretch(slot: number, time: number, isCut = false): void {
    const live = this.#live[slot];
    if (live?.stretch === undefined) return;
    const { span, before } = live.stretch;
    live.stretch = undefined;
    this.#times.describe(before, this.#times.read(slot, time), span.attributes);
    span.name = this.#nameOf(slot);
    if (isCut) span.cutEnd();
    span.trace.end(span, time);
  }

  /** The span of the task is known that a goroutine begins next. @param parent that task's parent; 0: none */
  announce(slot: number, ids: LoggedSpan, parent: number): void {
    const live = this.#live[slot];
    if (live !== undefined) live.next = { ids, parent };
  }

  /** A goroutine begins a task. @returns the ids that were announced for it */
  announced(slot: number, parent: number): LoggedSpan | undefined {
    const live = this.#live[slot];
    const next = live?.next;
    if (live === undefined || next === undefined) return undefined;
    live.next = undefined;
    return next.parent === parent ? next.ids : undefined;
  }

  /** Number of tasks and regions that a goroutine works on. */
  depth(slot: number): number {
    return this.#live[slot]?.places?.size ?? 0;
  }

  /** A goroutine's own span. */
  own(slot: number): GoSpan | undefined {
    return this.#live[slot]?.span;
  }

  /** A task or region begins. @returns undefined if the goroutine is not live */
  enter(
    slot: number,
    span: GoSpan,
    task: number,
    region: string | undefined,
    time: number,
  ): OpenPlace | undefined {
    const live = this.#live[slot];
    if (live === undefined) return undefined;
    const place = new OpenPlace(span, task, region, this.#times.read(slot, time));
    live.places ??= new OpenPlaces();
    live.places.enter(place);
    return place;
  }

  /** The innermost task or region of a goroutine. */
  innermost(slot: number): OpenPlace | undefined {
    return this.#live[slot]?.places?.innermost;
  }

  /** The innermost region of a task, and of a type unless that is "". */
  region(slot: number, task: number, type: string): OpenPlace | undefined {
    let place = this.#live[slot]?.places?.ofTask(task);
    while (place !== undefined && (place.region === undefined || (type !== "" && place.region !== type)))
      place = place.outerOfTask;
    return place;
  }

  /** A goroutine leaves a task or region. @param isWhole whether it worked on it until now */
  leave(slot: number, place: OpenPlace, time: number, isWhole = true): void {
    this.#live[slot]?.places?.leave(place);
    if (isWhole) this.#times.describe(place.before, this.#times.read(slot, time), place.span.attributes);
  }

  /**
   * A goroutine ends.
   * @param isCut whether by the end of the trace
   * @returns the tasks and regions it still worked on, the innermost first
   */
  end(slot: number, time: number, isCut: boolean): Iterable<OpenPlace> {
    const live = this.#live[slot];
    if (live === undefined) return [];
    const { goroutines } = this.#model;
    this.endStretch(slot, time, isCut);
    const { span, before, places } = live;
    const after = this.#times.read(slot, time);
    for (const place of places ?? []) this.#times.describe(place.before, after, place.span.attributes);
    this.#times.describe(before, after, span.attributes);
    span.name = this.#nameOf(slot);
    if (isCut) span.cutEnd();
    this.#live[slot] = undefined;
    this.#slots.delete(goroutines.id[slot] as number);
    span.trace.end(span, time);
    return places ?? [];
  }

  #nameOf(slot: number): string {
    const func = this.#model.goroutines.func[slot] as number;
    return func === NONE ? "goroutine" : this.#model.functions.text(func);
  }
}
