import type { Attributes } from "@opentelemetry/api";
import { goroutineId, NONE } from "../../base/ids.js";
import { type EventBlock, endsAgain, stringOf } from "../../event/block.js";
import { EventKind, RegionMatch } from "../../event/kind.js";
import { LINK_END, type LoggedSpan } from "../../event/link-log.js";
import type { Steps } from "../trace-sink.js";
import { Attribute } from "./attributes.js";
import type { CodePlaces } from "./code-places.js";
import type { GoSpan } from "./go-span.js";
import type { GoroutineSpans } from "./goroutine-spans.js";
import type { OpenPlace } from "./open-places.js";
import { differs, type SpanLinks } from "./span-links.js";
import type { SpanMaker } from "./span-maker.js";
import type { SpanOutput } from "./span-output.js";
import { SpanType } from "./span-type.js";
import { TaskSpans } from "./task-spans.js";

const K = EventKind;
/** A region without a type in the trace. */
const UNNAMED = "unnamed region";

/** The program's annotations (`runtime/trace`): tasks, regions and logs. */
export class UserSpans {
  readonly #maker: SpanMaker;
  readonly #goroutines: GoroutineSpans;
  readonly #code: CodePlaces;
  readonly #output: SpanOutput;
  readonly #links: SpanLinks;
  readonly #tasks: TaskSpans;
  /** Regions that ended without a beginning in the trace. */
  #unseen = 0;

  constructor(
    maker: SpanMaker,
    goroutines: GoroutineSpans,
    code: CodePlaces,
    output: SpanOutput,
    links: SpanLinks,
  ) {
    this.#links = links;
    this.#maker = maker;
    this.#goroutines = goroutines;
    this.#code = code;
    this.#output = output;
    this.#tasks = new TaskSpans(maker, goroutines, links);
  }

  /** Takes the event of a task, region or log. */
  event(block: EventBlock, i: number): void {
    const kind = block.kind[i] as number;
    if (kind === K.RegionBegin) this.#beginRegion(block, i);
    else if (kind === K.RegionEnd) this.#endRegion(block, i);
    else if (kind === K.Log) this.#log(block, i);
    else this.#task(block, i, kind);
  }

  /** A goroutine has ended with open tasks or regions. @param places the innermost first */
  goroutineEnded(places: Iterable<OpenPlace>, time: number, isCut: boolean): void {
    for (const { span, task, region } of places) {
      if (region === undefined) this.#tasks.goroutineEnded(task);
      else {
        if (isCut) span.cutEnd();
        else span.attributes[Attribute.RegionEnd] = "goroutine ended";
        span.trace.end(span, time);
      }
    }
  }

  /** Ends open tasks, with the trace. */
  finish(time: number): Steps {
    return this.#tasks.finish(time);
  }

  #task(block: EventBlock, i: number, kind: number): void {
    const goroutine = block.goroutine[i] as number;
    const event = {
      id: block.subject[i] as number,
      time: block.time[i] as number,
      type: stringOf(block, block.name[i] as number),
      slot: this.#goroutines.slot(goroutine),
      goroutine: goroutineId(goroutine),
      code: this.#code.of(block.stack[i] as number),
      isOld: block.generation?.isSnapshot === true,
    };
    if (kind === K.TaskBegin) this.#tasks.begin(event, block.value[i] as number);
    else if (!endsAgain(block, i)) this.#tasks.end(event);
  }

  #beginRegion(block: EventBlock, i: number): void {
    const slot = this.#goroutines.slot(block.goroutine[i] as number);
    const time = block.time[i] as number;
    const span = this.#region(block, i, slot, time, this.#goroutines.depth(slot));
    if (span === undefined) return;
    this.#code.of(block.stack[i] as number)?.describe(span.attributes);
    if (block.generation?.isSnapshot) span.cutStart();
    span.trace.begin(span);
    const type = stringOf(block, block.name[i] as number);
    this.#goroutines.enter(slot, span, block.subject[i] as number, type, time);
  }

  #endRegion(block: EventBlock, i: number): void {
    if (block.value[i] === RegionMatch.None) return;
    const slot = this.#goroutines.slot(block.goroutine[i] as number);
    const time = block.time[i] as number;
    const task = block.subject[i] as number;
    const type = stringOf(block, block.name[i] as number);
    const place =
      block.value[i] === RegionMatch.Older ? undefined : this.#goroutines.region(slot, task, type);
    if (place !== undefined) {
      this.#goroutines.leave(slot, place, time);
      place.span.trace.end(place.span, time);
      return;
    }
    const start = this.#goroutines.own(slot)?.start ?? 0;
    const span = this.#region(block, i, slot, start, -++this.#unseen);
    if (span === undefined) return;
    span.cutStart();
    span.endAt(time);
    span.trace.add(span);
  }

  /** @param nth distinguishes regions of the goroutine at the same time */
  #region(block: EventBlock, i: number, slot: number, start: number, nth: number): GoSpan | undefined {
    const task = block.subject[i] as number;
    const goroutine = block.goroutine[i] as number;
    const parent = this.#placeFor(slot, task);
    if (parent === undefined) return undefined;
    const attributes: Attributes = { [Attribute.Goroutine]: goroutine };
    if (task > 0) attributes[Attribute.Task] = task;
    const name = stringOf(block, block.name[i] as number) || UNNAMED;
    return this.#maker.child(SpanType.Region, parent, goroutine, name, start, attributes, nth);
  }

  #log(block: EventBlock, i: number): void {
    const goroutine = block.goroutine[i] as number;
    const slot = this.#goroutines.slot(goroutine);
    const task = block.subject[i] as number;
    this.#link(block, i, slot, task);
    let span = this.#placeFor(slot, task);
    // A log may come after the end of its task.
    if (span === undefined || span.ended) span = slot === NONE ? undefined : this.#goroutines.place(slot);
    if (span === undefined) return;
    const category = stringOf(block, block.name[i] as number);
    const attributes: Attributes = {
      [Attribute.Category]: category,
      [Attribute.Message]: stringOf(block, block.text[i] as number),
      [Attribute.Goroutine]: goroutine,
    };
    if (task > 0) attributes[Attribute.Task] = task;
    this.#code.of(block.stack[i] as number)?.describeTop(attributes);
    const hasRoom = span.event(category === "" ? "log" : category, block.time[i] as number, attributes);
    if (!hasRoom) this.#output.dropEvent();
  }

  /** A log may hold the ids of a span of the program's own tracing. */
  #link(block: EventBlock, i: number, slot: number, task: number): void {
    const ids = this.#links.read(block, i);
    if (ids === undefined) return;
    const time = block.time[i] as number;
    if (ids === LINK_END) {
      if (task <= 0) this.#goroutines.endStretch(slot, time);
      return;
    }
    if (ids.isNext) {
      this.#goroutines.announce(slot, ids, Math.max(task, 0));
      return;
    }
    const place = this.#placeFor(slot, task);
    if (place === undefined) return;
    const isOutside = place.type === SpanType.Goroutine || place.type === SpanType.Stretch;
    // The task ended long ago.
    if (isOutside && task > 0) this.#links.late();
    else this.#links.logged(isOutside ? this.#stretch(slot, place, ids, time) : place, ids);
  }

  /** What a goroutine does from now on for a span of the program's tracing: one after another. */
  #stretch(slot: number, { above }: GoSpan, { traceId, spanId }: LoggedSpan, time: number): GoSpan {
    const current = this.#goroutines.stretch(slot);
    if (current !== undefined && above !== undefined && !differs(above, traceId, spanId)) return current;
    const span = this.#goroutines.beginStretch(slot, time);
    if (traceId === undefined && above?.traceId !== undefined)
      this.#links.logged(span, { traceId: above.traceId });
    return span;
  }

  /**
   * The parent of a region or log: the goroutine's innermost region of the task; or the task, if the goroutine began it
   * or is in none of its regions; or, without a task, the goroutine.
   */
  #placeFor(slot: number, task: number): GoSpan | undefined {
    const own = slot === NONE ? undefined : this.#goroutines.placeFor(slot, task);
    if (own !== undefined || slot === NONE) return own;
    return (task > 0 ? this.#tasks.span(task) : undefined) ?? this.#goroutines.own(slot);
  }
}
