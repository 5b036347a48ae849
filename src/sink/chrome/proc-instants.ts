import { NONE } from "../../base/ids.js";
import type { EventBlock } from "../../event/block.js";
import { ProcState } from "../../event/states.js";
import type { CarrierRows } from "./carrier-rows.js";
import { argument, type EventWriter, head } from "./event-writer.js";

const START = head("proc start", "go.proc", "I");
const STOP = head("proc stop", "go.proc", "I");
const PROC = argument("proc");
const THREAD = argument("thread");

/** Starts and stops of Ps, as instants on the rows of the P and its thread. */
export class ProcInstants {
  readonly #events: EventWriter;
  readonly #procs: CarrierRows | undefined;
  readonly #threads: CarrierRows | undefined;

  constructor(events: EventWriter, procs: CarrierRows | undefined, threads: CarrierRows | undefined) {
    this.#events = events;
    this.#procs = procs;
    this.#threads = threads;
  }

  /** A P appears or changes. */
  change(block: EventBlock, event: number): void {
    const { from, to, time, subject, thread } = block;
    const isRunning = to[event] === ProcState.Running;
    if (isRunning === (from[event] === ProcState.Running)) return;
    const text = isRunning ? START : STOP;
    const since = from[event] === ProcState.Undetermined ? 0 : (time[event] as number);
    const proc = subject[event] as number;
    const carrier = thread[event] as number;
    const write = (rows: CarrierRows | undefined, id: number) => {
      if (rows === undefined || id === NONE) return;
      const where = rows.place(id);
      const events = this.#events;
      events.begin(text);
      events.time(since);
      if (carrier >= 0) {
        events.argument(THREAD);
        events.number(carrier);
      }
      events.argument(PROC);
      events.number(proc);
      events.end(where);
    };
    write(this.#procs, proc);
    write(this.#threads, carrier);
  }
}
