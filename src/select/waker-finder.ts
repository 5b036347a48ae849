import type { EventBlock } from "../event/block.js";
import { EventKind } from "../event/kind.js";

const K = EventKind;

/** Finds the goroutines that made others runnable: by a wakeup, a creation or a coroutine switch. */
export class WakerFinder {
  readonly found = new Set<number>();
  readonly #woken: ReadonlySet<number>;

  constructor(woken: ReadonlySet<number>) {
    this.#woken = woken;
  }

  events(block: EventBlock): void {
    const { goroutine, kind, length, subject } = block;
    for (let i = 0; i < length; i++) {
      const k = kind[i];
      if (k !== K.GoUnblock && k !== K.GoCreate && k !== K.GoSwitch) continue;
      const by = goroutine[i] as number;
      if (by >= 0 && this.#woken.has(subject[i] as number)) this.found.add(by);
    }
  }
}
