import type { Interner } from "../../base/interner.js";
import type { EncodedText } from "../../bytes/encoded-text.js";
import { type EventWriter, head } from "./event-writer.js";

/** The beginnings of an arrow's events: the zero-length slice at its source, and its two ends. */
export interface ArrowHeads {
  readonly source: EncodedText;
  readonly start: EncodedText;
  readonly end: EncodedText;
}

const UNBLOCK = "go.unblock";

/** Names of arrows, and unique ids. */
export class Arrows {
  readonly creation = headsOf("go", "go.create");
  readonly syscallExit = headsOf("exit blocked syscall", "go.syscall");
  readonly #unblock = headsOf("unblock", UNBLOCK);
  readonly #events: EventWriter;
  readonly #reasons: Interner;
  readonly #unblocks: ArrowHeads[] = [];
  #last = 0;

  constructor(events: EventWriter, reasons: Interner) {
    this.#events = events;
    this.#reasons = reasons;
  }

  /** @param reason number of why the goroutine waited; −1 if that is not known */
  unblock(reason: number): ArrowHeads {
    if (reason < 0) return this.#unblock;
    let heads = this.#unblocks[reason];
    if (heads === undefined) {
      const text = this.#reasons.text(reason);
      heads = text === "" ? this.#unblock : headsOf(`unblock (${text})`, UNBLOCK);
      this.#unblocks[reason] = heads;
    }
    return heads;
  }

  next(): number {
    return ++this.#last;
  }

  /** Begins the event of an arrow's start or end. */
  begin(text: EncodedText, time: number, id: number): void {
    this.#events.begin(text);
    this.#events.time(time);
    this.#events.id(id);
  }
}

function headsOf(name: string, category: string): ArrowHeads {
  return {
    source: head(name, category, "X"),
    start: head(name, category, "s"),
    end: head(name, category, "f"),
  };
}
