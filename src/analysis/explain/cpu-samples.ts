import type { EventBlock } from "../../event/block.js";
import { EventKind } from "../../event/kind.js";
import type { Analysis } from "../analysis.js";

/** Number of CPU samples. */
export class CpuSamples implements Analysis {
  readonly otherKinds = [EventKind.CpuSample];
  count = 0;
  #block!: EventBlock;

  block(block: EventBlock): void {
    this.#block = block;
  }

  other(event: number): void {
    if (this.#block.kind[event] === EventKind.CpuSample) this.count++;
  }
}
