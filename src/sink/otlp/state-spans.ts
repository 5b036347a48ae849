import type { Attributes } from "@opentelemetry/api";
import { NONE } from "../../base/ids.js";
import type { SchedModel } from "../../sched/model.js";
import { Attribute } from "./attributes.js";
import type { CodePlace, CodePlaces } from "./code-places.js";
import type { GoSpan } from "./go-span.js";
import type { GoroutineSpans } from "./goroutine-spans.js";
import type { StateChoice } from "./options.js";
import type { SpanMaker } from "./span-maker.js";
import { SpanType } from "./span-type.js";

/** By the state's place among those that may be spans. */
const TYPES = [SpanType.Runnable, SpanType.Blocked, SpanType.Syscall] as const;
const BLOCKED = 1;
const SYSCALL = 2;

/** Makes spans of what goroutines wait for, for those of some length, and adds up the others. */
export class StateSpans {
  readonly #model: SchedModel;
  readonly #maker: SpanMaker;
  readonly #goroutines: GoroutineSpans;
  readonly #places: CodePlaces;
  readonly #minBlock: number;
  readonly #wanted: readonly boolean[];
  /** The state of each goroutine that is in one, by slot: since when, within what, and where its code was. */
  readonly #since: number[] = [];
  readonly #place: (GoSpan | undefined)[] = [];
  readonly #code: (CodePlace | undefined)[] = [];
  readonly #isOld: boolean[] = [];
  /** Names of waits by the number of their reason. */
  readonly #names: string[] = [];

  constructor(
    model: SchedModel,
    maker: SpanMaker,
    goroutines: GoroutineSpans,
    places: CodePlaces,
    states: StateChoice,
    minBlock: number,
  ) {
    this.#model = model;
    this.#maker = maker;
    this.#goroutines = goroutines;
    this.#places = places;
    this.#minBlock = minBlock;
    const isAny = states !== "none";
    this.#wanted = [states === "all", isAny, isAny];
  }

  /**
   * A goroutine goes into a state.
   * @param state its place among those that may be spans
   * @param isOld whether it has been there since before the trace
   */
  begin(slot: number, state: number, time: number, code: CodePlace | undefined, isOld: boolean): void {
    if (!this.#wanted[state]) return;
    this.#isOld[slot] = isOld;
    this.#since[slot] = time;
    this.#place[slot] = this.#goroutines.place(slot);
    this.#code[slot] = code;
  }

  /**
   * The state ends; the model's columns still describe it.
   * @param isCut whether it goes on behind its end
   * @param waker the goroutine that ended it, −1 if that was none
   * @param wakerStack where its code was, as an index into the generation's stacks
   */
  end(slot: number, state: number, time: number, isCut: boolean, waker: number, wakerStack: number): void {
    const place = this.#place[slot];
    if (place === undefined) return;
    this.#place[slot] = undefined;
    const since = this.#since[slot] as number;
    if (time - since < this.#minBlock) {
      place.addShort(state, time - since);
      return;
    }
    const type = TYPES[state] as SpanType;
    const id = this.#model.goroutines.id[slot] as number;
    const attributes: Attributes = { "go.goroutine.id": id };
    const span = this.#maker.child(type, place, id, this.#nameOf(slot, state), since, attributes);
    this.#describe(slot, state, attributes);
    if (this.#isOld[slot]) span.cutStart();
    if (isCut) span.cutEnd();
    if (waker >= 0) this.#wokenBy(span, time, waker, wakerStack);
    span.endAt(time);
    span.trace.add(span);
  }

  #describe(slot: number, state: number, attributes: Attributes): void {
    const { thread, reason, waker } = this.#model.goroutines;
    this.#code[slot]?.describe(attributes);
    this.#code[slot] = undefined;
    const why = reason[slot] as number;
    if (why !== NONE) attributes[Attribute.Reason] = this.#model.reasons.text(why);
    const by = waker[slot] as number;
    if (by >= 0) attributes[Attribute.By] = by;
    const on = thread[slot] as number;
    if (state === SYSCALL && on !== NONE) attributes[Attribute.Thread] = on;
  }

  /** Points at what the goroutine that ended a wait was at work on; also as an event, as some viewers show no links. */
  #wokenBy(span: GoSpan, time: number, goroutine: number, stack: number): void {
    const by = this.#goroutines.placeOf(goroutine);
    if (by !== undefined) span.link(by, { [Attribute.Link]: "unblocked by", [Attribute.By]: goroutine });
    const attributes: Attributes = { [Attribute.By]: goroutine };
    this.#places.of(stack)?.describe(attributes);
    span.event("unblocked", time, attributes);
  }

  #nameOf(slot: number, state: number): string {
    if (state !== BLOCKED) return state === SYSCALL ? "syscall" : "runnable";
    const reason = this.#model.goroutines.reason[slot] as number;
    if (reason === NONE) return "blocked";
    this.#names[reason] ??= `blocked: ${this.#model.reasons.text(reason) || "unknown"}`;
    return this.#names[reason];
  }
}
