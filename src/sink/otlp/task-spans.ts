import type { Attributes } from "@opentelemetry/api";
import { NONE } from "../../base/ids.js";
import type { Steps } from "../trace-sink.js";
import { Attribute } from "./attributes.js";
import type { CodePlace } from "./code-places.js";
import type { GoSpan } from "./go-span.js";
import type { GoroutineSpans } from "./goroutine-spans.js";
import type { OpenPlace } from "./open-places.js";
import type { SpanLinks } from "./span-links.js";
import type { SpanMaker } from "./span-maker.js";
import { SpanType } from "./span-type.js";

/** The most ended tasks, with their logs, that are remembered for late regions and tasks. */
const REMEMBERED = 8192;
/** A task whose type is not in the trace. */
const UNNAMED = "unnamed task";

/** An open task. */
interface Task {
  readonly span: GoSpan;
  /** The slot of its creator, or −1, and what that works on it; undefined once it does not. */
  readonly slot: number;
  place: OpenPlace | undefined;
}

/** The beginning or end of a task. */
export interface TaskEvent {
  readonly id: number;
  readonly time: number;
  /** The task's type. */
  readonly type: string;
  /** Slot of the goroutine; −1: unknown. */
  readonly slot: number;
  readonly goroutine: number;
  readonly code: CodePlace | undefined;
  /** Whether it began before the trace. */
  readonly isOld: boolean;
}

/**
 * Spans of tasks. A tree of tasks is a trace.
 *
 * Outside of regions, the trace does not record which task a goroutine works on. A task's creator is assumed
 * to work on it until the task ends, or until it begins another task that is not a child: then it has passed
 * the first one on.
 *
 * A task without a parent is within the stretch that its goroutine works on, if any.
 */
export class TaskSpans {
  readonly #maker: SpanMaker;
  readonly #goroutines: GoroutineSpans;
  readonly #links: SpanLinks;
  readonly #live = new Map<number, Task>();
  /** The tasks that ended last, and ended tasks that began before the trace. */
  readonly #ended = new Map<number, GoSpan>();
  readonly #endedOld = new Set<number>();
  /** The weight of what is remembered. */
  #remembered = 0;
  /** The lowest id of a task that began in the trace. Ids increase, so tasks with lower ids began before it. */
  #firstId = Number.POSITIVE_INFINITY;

  constructor(maker: SpanMaker, goroutines: GoroutineSpans, links: SpanLinks) {
    this.#links = links;
    this.#maker = maker;
    this.#goroutines = goroutines;
  }

  /** A task begins. @param parent id of its parent task, if above 0 */
  begin({ id, time, type, slot, goroutine, code, isOld }: TaskEvent, parent: number): void {
    const known = this.#live.get(id);
    if (known !== undefined) {
      // Ids increase and are unique, except in damaged traces: the task has appeared before.
      if (type !== "") known.span.name = type;
      return;
    }
    this.#firstId = Math.min(this.#firstId, id);
    const attributes: Attributes = { [Attribute.Task]: id, [Attribute.Goroutine]: goroutine };
    if (parent > 0) attributes[Attribute.ParentTask] = parent;
    code?.describe(attributes);
    const around = parent > 0 ? this.span(parent) : this.#goroutines.stretch(slot);
    const span = this.#span(id, type, around, time, attributes);
    if (isOld) span.cutStart();
    const ids = this.#goroutines.announced(slot, Math.max(parent, 0));
    if (ids !== undefined) this.#links.logged(span, ids);
    if (slot !== NONE) this.#handOn(slot, span, time);
    const place = slot === NONE ? undefined : this.#goroutines.enter(slot, span, id, undefined, time);
    this.#live.set(id, { span, slot, place });
  }

  /** A task ends; it may have begun before the trace. */
  end({ id, time, type, slot }: TaskEvent): void {
    const task = this.#live.get(id) ?? (this.#isOld(id) ? this.#mention(id) : undefined);
    if (task === undefined) return;
    const { place, span } = task;
    if (type !== "") span.name = type;
    if (place !== undefined) this.#goroutines.leave(task.slot, place, time, task.slot === slot);
    this.#live.delete(id);
    this.#remember(id, span);
    span.trace.end(span, time);
  }

  /**
   * The span of a task that a region, log or other task belongs to. The task may have ended; undefined if that is long
   * ago. A task without a beginning is older than the trace.
   */
  span(id: number): GoSpan | undefined {
    const known = this.#live.get(id)?.span ?? this.#ended.get(id);
    if (known !== undefined) return known;
    return this.#isOld(id) ? this.#mention(id).span : undefined;
  }

  /** A goroutine that worked on a task has ended. */
  goroutineEnded(id: number): void {
    const task = this.#live.get(id);
    if (task !== undefined) task.place = undefined;
  }

  /** Ends what is open, cut by the end of the trace. */
  *finish(time: number): Steps {
    for (const { span } of this.#live.values()) {
      span.cutEnd();
      span.trace.end(span, time);
      yield;
    }
    this.#live.clear();
  }

  #isOld(id: number): boolean {
    return id > 0 && id < this.#firstId && !this.#endedOld.has(id);
  }

  #mention(id: number): Task {
    const span = this.#span(id, UNNAMED, undefined, 0, { [Attribute.Task]: id });
    span.cutStart();
    const task = { span, slot: NONE, place: undefined };
    this.#live.set(id, task);
    return task;
  }

  #span(id: number, type: string, parent: GoSpan | undefined, time: number, attributes: Attributes): GoSpan {
    const name = type === "" ? UNNAMED : type;
    const span =
      parent === undefined
        ? this.#maker.root(
            SpanType.Task,
            // Only damaged traces repeat ids.
            this.#maker.taskTrace(SpanType.Task, id, this.#ended.has(id) ? time : undefined),
            id,
            name,
            time,
            attributes,
          )
        : this.#maker.child(SpanType.Task, parent, id, name, time, attributes);
    span.trace.begin(span);
    return span;
  }

  /** A goroutine begins a task. It passes on its earlier tasks, except ancestors of the new one. */
  #handOn(slot: number, span: GoSpan, time: number): void {
    for (;;) {
      const last = this.#goroutines.innermost(slot);
      if (last === undefined || last.region !== undefined || span.isWithin(last.span)) return;
      this.#goroutines.leave(slot, last, time, false);
      this.goroutineEnded(last.task);
    }
  }

  #remember(id: number, span: GoSpan): void {
    if (id < this.#firstId) this.#endedOld.add(id);
    this.#ended.set(id, span);
    this.#remembered += weightOf(span);
    for (const [oldest, old] of this.#ended) {
      if (this.#remembered <= REMEMBERED) return;
      this.#ended.delete(oldest);
      this.#remembered -= weightOf(old);
    }
  }
}

function weightOf(span: GoSpan): number {
  return 1 + span.events.length;
}
