import type { CarrierRows, ProcLanes } from "./carrier-rows.js";
import { argument, type EventWriter, head } from "./event-writer.js";
import type { RowContext } from "./row-context.js";

const SWEEP = head("GC incremental sweep", "go.gc", "X");
const SWEPT = argument("bytes swept");
const RECLAIMED = argument("bytes reclaimed");

interface Sweep {
  readonly since: number;
  /** Number of the stack where it began; 0 is none. */
  readonly stack: number;
}

/** The sweeping of Ps. It belongs to the P, so it may overlap a goroutine's slices. */
export class ProcSweeps {
  readonly #events: EventWriter;
  readonly #rows: CarrierRows;
  readonly #lanes: ProcLanes;
  readonly #open = new Map<number, Sweep>();

  constructor({ events, lanes }: RowContext, rows: CarrierRows) {
    this.#events = events;
    this.#rows = rows;
    this.#lanes = lanes;
  }

  begin(proc: number, since: number, stack: number): void {
    this.#open.set(proc, { since, stack });
  }

  /** @param bytes bytes swept and reclaimed; undefined if the trace ends first */
  end(proc: number, time: number, bytes?: readonly [swept: number, reclaimed: number]): void {
    const sweep = this.#open.get(proc);
    if (sweep === undefined) return;
    this.#open.delete(proc);
    const events = this.#events;
    if (events.isShort(time - sweep.since)) return;
    const rows = this.#rows;
    const nests = (rows.changed[rows.number(proc)] as number) < sweep.since;
    const where = nests ? rows.place(proc) : this.#lanes.sweeping(proc);
    events.begin(SWEEP);
    events.time(sweep.since);
    events.duration(time - sweep.since);
    events.stack(sweep.stack);
    if (bytes !== undefined) {
      events.argument(SWEPT);
      events.number(bytes[0]);
      events.argument(RECLAIMED);
      events.number(bytes[1]);
    }
    events.end(where);
  }

  /** Ends what is open, with the trace. */
  finish(time: number): void {
    for (const proc of [...this.#open.keys()]) this.end(proc, time);
  }
}
