import type { Attributes } from "@opentelemetry/api";
import { goroutineId, NONE } from "../../base/ids.js";
import { type EventBlock, stringOf } from "../../event/block.js";
import { EVENT_KINDS, EventKind, isAssist } from "../../event/kind.js";
import { Attribute } from "./attributes.js";
import type { CodePlaces } from "./code-places.js";
import type { GoSpan } from "./go-span.js";
import type { GoroutineSpans } from "./goroutine-spans.js";
import type { SpanMaker } from "./span-maker.js";
import { SpanType } from "./span-type.js";
import type { StateTimes } from "./state-times.js";

const K = EventKind;
const ROOT = "go runtime";

/** GC cycles and stop-the-world, as spans of a trace of their own; mark assists, as times. */
export class RuntimeSpans {
  readonly #maker: SpanMaker;
  readonly #goroutines: GoroutineSpans;
  readonly #times: StateTimes;
  readonly #code: CodePlaces;
  /** Undefined until the first span. */
  #root: GoSpan | undefined;
  #gc: GoSpan | undefined;
  #stop: GoSpan | undefined;

  constructor(maker: SpanMaker, goroutines: GoroutineSpans, times: StateTimes, code: CodePlaces) {
    this.#maker = maker;
    this.#goroutines = goroutines;
    this.#times = times;
    this.#code = code;
  }

  /** Takes the event of a range. */
  event(block: EventBlock, i: number): void {
    const kind = block.kind[i] as number;
    const time = block.time[i] as number;
    if (kind === K.GcBegin || kind === K.GcActive) this.#beginGc(block, i, kind, time);
    else if (kind === K.GcEnd) this.#endGc(time);
    else if (kind === K.StwBegin) this.#beginStop(block, i, time);
    else if (kind === K.StwEnd) this.#endStop(time);
    else if (isAssist(kind)) this.#assist(block, i, kind, time);
  }

  /** Ends what is open, cut by the end of the trace. */
  finish(time: number): void {
    this.#gc?.cutEnd();
    this.#endGc(time);
    this.#stop?.cutEnd();
    this.#endStop(time);
    if (this.#root !== undefined) this.#root.trace.end(this.#root, time);
  }

  /** In the first generation an active cycle is older than the trace. In later ones it is known. */
  #beginGc(block: EventBlock, i: number, kind: number, time: number): void {
    if (this.#gc !== undefined) return;
    const isOld = kind === K.GcActive;
    this.#gc = this.#begin(SpanType.Gc, EVENT_KINDS[kind]?.label ?? "", isOld ? 0 : time, {});
    if (isOld) {
      this.#gc.cutStart();
      this.#times.beginOldGc(time);
    } else {
      this.#code.of(block.stack[i] as number)?.describe(this.#gc.attributes);
      this.#times.beginProgram("gc", time);
    }
  }

  #endGc(time: number): void {
    const gc = this.#gc;
    if (gc === undefined) return;
    this.#gc = undefined;
    this.#times.endProgram("gc", time);
    gc.trace.end(gc, time);
  }

  #beginStop(block: EventBlock, i: number, time: number): void {
    const label = EVENT_KINDS[K.StwBegin]?.label;
    const reason = stringOf(block, block.name[i] as number);
    this.#stop = this.#begin(SpanType.StopTheWorld, `${label} (${reason})`, time, {
      [Attribute.Goroutine]: goroutineId(block.goroutine[i] as number),
      [Attribute.Reason]: reason,
    });
    if (block.generation?.isSnapshot) this.#stop.cutStart();
    this.#code.of(block.stack[i] as number)?.describe(this.#stop.attributes);
    this.#times.beginProgram("stop", time);
  }

  #endStop(time: number): void {
    const stop = this.#stop;
    if (stop === undefined) return;
    this.#stop = undefined;
    this.#times.endProgram("stop", time);
    stop.trace.end(stop, time);
  }

  #assist(block: EventBlock, i: number, kind: number, time: number): void {
    const isOld = kind === K.AssistActive;
    const slot = this.#goroutines.slot((isOld ? block.subject : block.goroutine)[i] as number);
    if (slot === NONE) return;
    if (kind === K.AssistEnd) this.#times.endAssist(slot, time);
    else this.#times.beginAssist(slot, time, isOld);
  }

  #begin(type: SpanType, name: string, start: number, attributes: Attributes): GoSpan {
    this.#root ??= this.#beginRoot();
    const span = this.#maker.child(type, this.#root, 0, name, start, attributes);
    span.trace.begin(span);
    return span;
  }

  #beginRoot(): GoSpan {
    const trace = this.#maker.captureTrace(SpanType.Runtime, true);
    const root = this.#maker.root(SpanType.Runtime, trace, 0, ROOT, 0);
    trace.begin(root);
    return root;
  }
}
