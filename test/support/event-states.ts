import type { EventBlock } from "../../src/event/block.js";
import { EVENT_KINDS } from "../../src/event/kind.js";

/** State before a transition: by the event's kind, or by its column where the kind leaves it open. */
export function stateBefore(block: EventBlock, i: number): number {
  return EVENT_KINDS[block.kind[i] as number]?.from ?? (block.from[i] as number);
}

/** State after a transition. */
export function stateAfter(block: EventBlock, i: number): number {
  return EVENT_KINDS[block.kind[i] as number]?.to ?? (block.to[i] as number);
}
