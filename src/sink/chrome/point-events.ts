import { NONE } from "../../base/ids.js";
import type { CarrierRows } from "./carrier-rows.js";
import { type EventWriter, head, headTail } from "./event-writer.js";
import type { GoroutinePlaces } from "./goroutine-places.js";

const SAMPLE = head("CPU profile sample", "go.sample", "I");
const LOG = headTail("user event", "I");

/** The place of an instant. */
export interface Point {
  readonly time: number;
  /** Number of the stack; 0 is none. */
  readonly stack: number;
  /** Ids; −1 is none. */
  readonly proc: number;
  readonly thread: number;
  /** Slot of the goroutine, or −1. */
  readonly slot: number;
}

/** CPU samples and logs, as instants on the rows of the P, the thread and the goroutine, where they exist. */
export class PointEvents {
  readonly #events: EventWriter;
  readonly #procs: CarrierRows | undefined;
  readonly #threads: CarrierRows | undefined;
  readonly #goroutines: GoroutinePlaces | undefined;

  constructor(
    events: EventWriter,
    procs: CarrierRows | undefined,
    threads: CarrierRows | undefined,
    goroutines: GoroutinePlaces | undefined,
  ) {
    this.#events = events;
    this.#procs = procs;
    this.#threads = threads;
    this.#goroutines = goroutines;
  }

  /** The same on the rows of Ps alone. */
  onProcs(): PointEvents {
    return new PointEvents(this.#events, this.#procs, undefined, undefined);
  }

  sample(point: Point): void {
    this.#write(point, () => this.#events.begin(SAMPLE));
  }

  log(point: Point, category: string, message: string): void {
    const name = category === "" ? message : `[${category}] ${message}`;
    this.#write(point, () => this.#events.beginText(name, LOG));
  }

  #write({ time, stack, proc, thread, slot }: Point, begin: () => void): void {
    const events = this.#events;
    const put = () => {
      begin();
      events.time(time);
      events.stack(stack);
    };
    const on = (rows: CarrierRows | undefined, carrier: number) => {
      if (rows === undefined || carrier === NONE) return;
      const where = rows.place(carrier);
      put();
      events.end(where);
    };
    on(this.#procs, proc);
    on(this.#threads, thread);
    if (slot === NONE || this.#goroutines === undefined) return;
    put();
    this.#goroutines.end(slot);
  }
}
