import type { Attributes } from "@opentelemetry/api";
import { goroutineId, NONE } from "../../base/ids.js";
import type { SchedModel } from "../../sched/model.js";
import { Attribute } from "./attributes.js";
import type { CodePlace, CodePlaces } from "./code-places.js";
import type { GoSpan } from "./go-span.js";
import type { GoroutineSpans } from "./goroutine-spans.js";
import type { StateChoice } from "./options.js";
import type { SpanMaker } from "./span-maker.js";
import { SpanType } from "./span-type.js";

/** By the state's number among those that can be spans. */
const TYPES = [SpanType.Runnable, SpanType.Blocked, SpanType.Syscall] as const;
const BLOCKED = 1;
const SYSCALL = 2;
/** The key of attributes of the event that ends a wait; no state has it. */
const UNBLOCKED = -1;

/** Makes spans of waits, system calls and runnable times that are long enough, and sums up the others. */
export class StateSpans {
  readonly #model: SchedModel;
  readonly #maker: SpanMaker;
  readonly #goroutines: GoroutineSpans;
  readonly #places: CodePlaces;
  readonly #minBlock: number;
  readonly #wanted: readonly boolean[];
  /** The current state of each goroutine, by slot: since when, in which span, and at which stack. */
  readonly #since: number[] = [];
  readonly #place: (GoSpan | undefined)[] = [];
  readonly #code: (CodePlace | undefined)[] = [];
  readonly #isOld: boolean[] = [];
  /** Attributes to be copied, for no stack. */
  readonly #bare = new Map<number, Attributes>();
  /** Names of waits by number of the reason. */
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
   * A goroutine enters a state.
   * @param state its number among those that can be spans
   * @param isOld whether the state is older than the trace
   */
  begin(slot: number, state: number, time: number, code: CodePlace | undefined, isOld: boolean): void {
    if (!this.#wanted[state]) return;
    this.#isOld[slot] = isOld;
    this.#since[slot] = time;
    this.#place[slot] = this.#goroutines.place(slot);
    this.#code[slot] = code;
  }

  /** The state that a live goroutine (or −1) is in belongs to what it works on now. */
  settle(slot: number): void {
    if (slot !== NONE && this.#place[slot] !== undefined) this.#place[slot] = this.#goroutines.place(slot);
  }

  /**
   * The state ends; the model's columns still describe it.
   * @param isCut whether it continues after the trace
   * @param waker the goroutine that ended it, or −1
   * @param wakerStack its stack, as an index into the generation's
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
    const attributes = this.#attributesOf(slot, state, id);
    const span = this.#maker.child(type, place, id, this.#nameOf(slot, state), since, attributes);
    if (this.#isOld[slot]) span.cutStart();
    if (isCut) span.cutEnd();
    if (waker !== NONE) this.#wokenBy(span, time, waker, wakerStack);
    span.endAt(time);
    span.trace.add(span);
  }

  /** Copies the attributes that spans of one place, state and reason share, which is faster than making them. */
  #attributesOf(slot: number, state: number, id: number): Attributes {
    const { thread, reason, waker } = this.#model.goroutines;
    const code = this.#code[slot];
    this.#code[slot] = undefined;
    const extra = state === SYSCALL ? Attribute.Thread : Attribute.By;
    const value = state === SYSCALL ? (thread[slot] as number) : goroutineId(waker[slot] as number);
    const why = reason[slot] as number;
    const key = ((why + 1) << 3) | (state << 1) | (value >= 0 ? 1 : 0);
    const templates = code?.templates ?? this.#bare;
    let template = templates.get(key);
    if (template === undefined) {
      template = { [Attribute.Kind]: "", [Attribute.Goroutine]: 0 };
      const text = this.#reason(why);
      if (text !== "") template[Attribute.Reason] = text;
      if (value >= 0) template[extra] = 0;
      code?.describe(template);
      templates.set(key, template);
    }
    const attributes = { ...template };
    attributes[Attribute.Goroutine] = id;
    if (value >= 0) attributes[extra] = value;
    return attributes;
  }

  /** Links to what the waker worked on. It adds an event too, because some viewers show no links. */
  #wokenBy(span: GoSpan, time: number, goroutine: number, stack: number): void {
    const by = this.#goroutines.placeOf(goroutine);
    if (by !== undefined) span.link(by, { "go.link": "unblocked by", "go.by.goroutine.id": goroutine });
    const code = this.#places.of(stack);
    const templates = code?.templates ?? this.#bare;
    let template = templates.get(UNBLOCKED);
    if (template === undefined) {
      template = { [Attribute.By]: 0 };
      code?.describe(template);
      templates.set(UNBLOCKED, template);
    }
    const attributes = { ...template };
    attributes[Attribute.By] = goroutineId(goroutine);
    span.event("unblocked", time, attributes);
  }

  #nameOf(slot: number, state: number): string {
    if (state !== BLOCKED) return state === SYSCALL ? "syscall" : "runnable";
    const reason = this.#model.goroutines.reason[slot] as number;
    const text = this.#reason(reason);
    if (text === "") return "blocked";
    this.#names[reason] ??= `blocked: ${text}`;
    return this.#names[reason];
  }

  /** What a goroutine waits for; "" if unknown, as for coroutines and waits that began before the trace. */
  #reason(reason: number): string {
    return reason === NONE ? "" : this.#model.reasons.text(reason);
  }
}
