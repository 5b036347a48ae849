import type { EncodedText } from "../../bytes/encoded-text.js";
import { argument, type EventWriter, quoted } from "./event-writer.js";

const BLOCKED = argument("blocked");

/** Values of the argument that tells whether a system call lost its P. */
export const Blocked = { No: quoted("no"), Yes: quoted("yes") } as const;

/** A slice within a run. */
export interface InnerSlice {
  readonly head: EncodedText;
  readonly since: number;
  readonly until: number;
  /** Number of the stack where it began; 0 is none. */
  readonly stack: number;
  readonly blocked: EncodedText | undefined;
}

/** Ends an event on the row of a goroutine's slot. */
export type EndOnRow = (slot: number) => void;

/**
 * Slices within runs. A run is written when it ends. If two slices begin at the same time, the outer one must come
 * first, so an inner slice that begins with its run waits.
 */
export class InnerSlices {
  readonly #events: EventWriter;
  readonly #end: EndOnRow;
  readonly #waiting = new Map<number, InnerSlice[]>();

  constructor(events: EventWriter, end: EndOnRow) {
    this.#events = events;
    this.#end = end;
  }

  /** @param runSince when its run began */
  add(
    slot: number,
    runSince: number,
    head: EncodedText,
    since: number,
    until: number,
    stack: number,
    blocked?: EncodedText,
  ): void {
    if (since > runSince) {
      this.#write(slot, head, since, until, stack, blocked);
      return;
    }
    const slice = { head, since: runSince, until, stack, blocked };
    const waiting = this.#waiting.get(slot);
    if (waiting === undefined) this.#waiting.set(slot, [slice]);
    else waiting.push(slice);
  }

  /** The run is written. */
  flush(slot: number): void {
    if (this.#waiting.size === 0) return;
    const waiting = this.#waiting.get(slot) ?? [];
    waiting.sort((a, b) => b.until - a.until);
    for (const { head, since, until, stack, blocked } of waiting)
      this.#write(slot, head, since, until, stack, blocked);
    this.#waiting.delete(slot);
  }

  #write(
    slot: number,
    head: EncodedText,
    since: number,
    until: number,
    stack: number,
    blocked: EncodedText | undefined,
  ): void {
    const events = this.#events;
    if (events.isShort(until - since)) return;
    events.begin(head);
    events.time(since);
    events.duration(until - since);
    events.stack(stack);
    if (blocked !== undefined) {
      events.argument(BLOCKED);
      events.put(blocked);
    }
    this.#end(slot);
  }
}
