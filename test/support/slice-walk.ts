import type { EventBlock } from "../../src/event/block.js";
import { EVENT_KINDS, EventKind } from "../../src/event/kind.js";
import type { OutputSlice } from "./lean-output.js";

const GC = "GC concurrent mark phase";

/** The GC cycles and stops of the world straight from a trace's events, in the order in which they end. */
export class SliceWalk {
  readonly gc: OutputSlice[] = [];
  readonly stops: OutputSlice[] = [];
  #gcSince: number | undefined;
  readonly #stopped: [name: string, since: number][] = [];
  #time = 0;

  block(block: EventBlock): void {
    for (let i = 0; i < block.length; i++) {
      this.#time = block.time[i] as number;
      this.#event(block, i, block.kind[i] as number);
    }
  }

  finish(): void {
    this.#endGc();
    while (this.#stopped.length > 0) this.#endStop();
  }

  #event(block: EventBlock, i: number, kind: number): void {
    if (kind === EventKind.StwBegin) {
      const text = block.generation?.strings.text(block.name[i] as number);
      this.#stopped.push([`${EVENT_KINDS[kind]?.label} (${text})`, this.#time]);
    } else if (kind === EventKind.StwEnd) this.#endStop();
    else if (kind === EventKind.GcBegin) this.#gcSince = this.#time;
    // What is under way when it is first mentioned has been so since the trace began.
    else if (kind === EventKind.GcActive) this.#gcSince ??= 0;
    else if (kind === EventKind.GcEnd) this.#endGc();
  }

  #endGc(): void {
    if (this.#gcSince !== undefined) this.gc.push([GC, this.#gcSince, this.#time]);
    this.#gcSince = undefined;
  }

  #endStop(): void {
    const stop = this.#stopped.pop();
    if (stop !== undefined) this.stops.push([...stop, this.#time]);
  }
}
