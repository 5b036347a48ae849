import { type ParsedEvent, transitionOf } from "./go-parsed.js";

/** From where a goroutine is made runnable to where it starts to run. */
export interface GoArrow {
  readonly kind: "unblock" | "create";
  /** Who did it; −1 for no goroutine. */
  readonly from: number;
  readonly to: number;
  readonly begin: number;
  readonly end: number;
  /** Where it was done, as the text has it, and where the goroutine was: for a new one, its start. */
  readonly stack: string;
  readonly ownStack: string;
}

/** The unblocks and creations of a trace, by a walk over the official text. */
export class GoArrows {
  /** Those whose goroutine starts to run within the trace. */
  readonly complete: GoArrow[] = [];
  readonly #begun = new Map<number, GoArrow>();

  /** The goroutines that have not started to run when the trace ends. */
  get open(): number[] {
    return [...this.#begun.keys()];
  }

  event(event: ParsedEvent): void {
    if (event.kind !== "StateTransition") return;
    const { of, id, from, to } = transitionOf(event);
    if (of !== "GoID" || from === to) return;
    const { time, goroutine, stack, transitionStack: ownStack } = event;
    const arrow = this.#begun.get(id);
    this.#begun.delete(id);
    if (to === "Running" && arrow !== undefined) this.complete.push({ ...arrow, end: time });
    if (to !== "Runnable" || (from !== "Waiting" && from !== "NotExist")) return;
    const kind = from === "Waiting" ? "unblock" : "create";
    this.#begun.set(id, { kind, from: goroutine, to: id, begin: time, end: Number.NaN, stack, ownStack });
  }
}
