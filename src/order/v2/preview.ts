import { breathe, isBreathDue } from "../../base/breather.js";
import { Diagnostics } from "../../base/diagnostics.js";
import { TraceError } from "../../base/errors.js";
import { EventBlock } from "../../event/block.js";
import type { BatchStore } from "../../wire/batch-store.js";
import type { WireGeneration } from "../../wire/v2/generation.js";
import type { BlockVisitor } from "../trace.js";
import { Orderer } from "./orderer.js";

/**
 * Orders the first generations beforehand, up to the first that has events of threads: all batches of a generation are
 * there before its first event is given, so that this needs no second look at the input.
 */
export class Preview {
  readonly #visit: BlockVisitor;
  readonly #orderer: Orderer;
  readonly #block = new EventBlock();

  /** @param repairs whether what contradicts itself is repaired */
  constructor(store: BatchStore, visit: BlockVisitor, repairs: boolean) {
    this.#visit = visit;
    // What is lost is counted when the events are given.
    this.#orderer = new Orderer(store, new Diagnostics(), { repairs });
  }

  /**
   * Shows a generation's events, up to where they break.
   * @returns whether no later generation is to be shown
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
