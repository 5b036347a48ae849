import { breathe, isBreathDue } from "../../base/breather.js";
import { Diagnostics } from "../../base/diagnostics.js";
import { TraceError } from "../../base/errors.js";
import { EventBlock } from "../../event/block.js";
import type { BatchStore } from "../../wire/batch-store.js";
import type { WireGeneration } from "../../wire/v2/generation.js";
import type { BlockVisitor } from "../trace.js";
import { Orderer } from "./orderer.js";

/**
 * Orders the first generations in advance, up to the first that has thread events. All batches of a
 * generation are in memory before its first event is emitted, so the preview reads no input twice.
 */
export class Preview {
  readonly #visit: BlockVisitor;
  readonly #orderer: Orderer;
  readonly #block = new EventBlock();

  /** @param repairs whether to repair contradictions */
  constructor(store: BatchStore, visit: BlockVisitor, repairs: boolean) {
    this.#visit = visit;
    // Losses are counted later, when the events are emitted.
    this.#orderer = new Orderer(store, new Diagnostics(), { repairs });
  }

  /**
   * Shows a generation's events, up to the first error.
   * @returns whether the preview is complete
   */
  async show(generation: WireGeneration): Promise<boolean> {
    const block = this.#block;
    block.length = 0;
    this.#orderer.start(generation, block);
    for (let done = false; !done; ) {
      done = this.#fill();
      if (block.length > 0) this.#visit(block);
      block.length = 0;
      if (isBreathDue()) await breathe();
    }
    return generation.threads.length > 0;
  }

  #fill(): boolean {
    try {
      return this.#orderer.fill(this.#block);
    } catch (error) {
      if (!(error instanceof TraceError)) throw error;
      return true;
    }
  }
}
