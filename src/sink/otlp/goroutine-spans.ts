import { NONE } from "../../base/ids.js";
import { SlotIndex } from "../../base/slot-index.js";
import type { SchedModel } from "../../sched/model.js";
import { Edge } from "../../sched/state.js";
import { Attribute } from "./attributes.js";
import type { CodePlace } from "./code-places.js";
import type { GoSpan } from "./go-span.js";
import type { SpanMaker } from "./span-maker.js";
import { SpanType } from "./span-type.js";
import type { StateTimes } from "./state-times.js";

/** A task or region that a goroutine works on. */
export interface OpenPlace {
  readonly span: GoSpan;
  /** The task, or the region's task; 0: none. */
  readonly task: number;
  /** A region's type; undefined for a task. */
  readonly region: string | undefined;
  /** The goroutine's state times when it began. */
  readonly before: Float64Array;
}

/** A live goroutine. */
interface Live {
  readonly span: GoSpan;
  readonly before: Float64Array;
  /** Open tasks and regions, the innermost last. */
  readonly places: OpenPlace[];
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
    this.#live[slot] = { span, before: this.#times.read(slot, start), places: [] };
  }

  /** The start function of a goroutine is known. */
  named(slot: number, stack: CodePlace | undefined): void {
    const span = this.#live[slot]?.span;
    if (span !== undefined) stack?.describeStart(span.attributes);
  }

  /** The parent of a goroutine's states: the innermost task or region, or its own span. */
  place(slot: number): GoSpan | undefined {
    const live = this.#live[slot];
    return live?.places.at(-1)?.span ?? live?.span;
  }

  /** The same by a goroutine's id; undefined if it is unknown. */
  placeOf(goroutine: number): GoSpan | undefined {
    const slot = this.slot(goroutine);
    return slot === NONE ? undefined : this.place(slot);
  }

  /** The innermost place of a task; for no task (0), also the goroutine's own span. */
  placeFor(slot: number, task: number): GoSpan | undefined {
    const live = this.#live[slot];
    return live?.places.findLast((place) => place.task === task)?.span ?? (task > 0 ? undefined : live?.span);
  }

  /** Number of tasks and regions that a goroutine works on. */
  depth(slot: number): number {
    return this.#live[slot]?.places.length ?? 0;
  }

  /** A goroutine's own span. */
  own(slot: number): GoSpan | undefined {
    return this.#live[slot]?.span;
  }

  /** A task or region begins. */
  enter(slot: number, span: GoSpan, task: number, region: string | undefined, time: number): void {
    const before = this.#times.read(slot, time);
    this.#live[slot]?.places.push({ span, task, region, before });
  }

  /** The innermost place of a goroutine that passes a test. */
  find(slot: number, test: (place: OpenPlace) => boolean): OpenPlace | undefined {
    return this.#live[slot]?.places.findLast(test);
  }

  /** A goroutine leaves a task or region. @param isWhole whether it worked on it until now */
  leave(slot: number, span: GoSpan, time: number, isWhole = true): void {
    const places = this.#live[slot]?.places ?? [];
    const at = places.findLastIndex((place) => place.span === span);
    if (at < 0) return;
    const [place] = places.splice(at, 1) as [OpenPlace];
    if (isWhole) this.#times.describe(place.before, this.#times.read(slot, time), span.attributes);
  }

  /**
   * A goroutine ends.
   * @param isCut whether by the end of the trace
   * @returns the tasks and regions it still worked on
   */
  end(slot: number, time: number, isCut: boolean): readonly OpenPlace[] {
    const live = this.#live[slot];
    if (live === undefined) return [];
    const { goroutines } = this.#model;
    const { span, before, places } = live;
    const after = this.#times.read(slot, time);
    for (const place of places) this.#times.describe(place.before, after, place.span.attributes);
    this.#times.describe(before, after, span.attributes);
    const func = goroutines.func[slot] as number;
    span.name = func === NONE ? "goroutine" : this.#model.functions.text(func);
    if (isCut) span.cutEnd();
    this.#live[slot] = undefined;
    this.#slots.delete(goroutines.id[slot] as number);
    span.trace.end(span, time);
    return places;
  }
}
