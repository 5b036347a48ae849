import { grown } from "../../base/columns.js";
import { TraceError } from "../../base/errors.js";
import { IdIndex } from "../../base/id-index.js";
import { NONE } from "../../base/ids.js";
import { OpenRegions } from "../open-regions.js";
import { NO_GOROUTINE } from "./stream-cursor.js";
import { Status } from "./transitions.js";

const ROOM = 16;

/** What a waiting goroutine waits for, as far as it decides how the goroutine continues. */
export const WaitsFor = { Others: 0, Network: 1, Syscall: 2 } as const;

/** Whether a goroutine assists the GC. If an assist is older than the trace, only its end is recorded. */
export const Assists = { No: 0, Yes: 1, MayDo: 2 } as const;

/** The live goroutines, in columns by slot. A goroutine that waits forever stays. */
export class GoroutineStates {
  readonly index = new IdIndex();
  /** {@link Status} */
  status = new Uint8Array(ROOM);
  /** Whether the goroutine is older than the trace and has not been emitted yet. */
  isUnannounced = new Uint8Array(ROOM);
  /**
   * For a goroutine not emitted yet: the index of a stack that holds its start function alone, 0 if unknown.
   */
  startStack = new Int32Array(ROOM);
  /**
   * {@link WaitsFor} while it waits. It is set earlier, at the start of a system call that will lose its P.
   */
  waitsFor = new Uint8Array(ROOM);
  /** The thread on which the last system call that loses its P began; −1 if unknown. */
  syscallThread = new Float64Array(ROOM);
  /** Stream number of the P that it ran on last, and of the last P that its system calls lost. */
  stream = new Int32Array(ROOM);
  lostStream = new Int32Array(ROOM);
  /** {@link Assists} */
  assists = new Uint8Array(ROOM);
  /** Whether the trace has its creation, so that all its activity began in the trace. */
  isCreated = new Uint8Array(ROOM);
  /** Region names are indices in the strings of the trace. */
  readonly #regions = new Map<number, OpenRegions<number>>();

  /**
   * Adds a runnable goroutine. Returns its slot.
   * @throws TraceError `duplicate-resource`, or `wrong-context` if the id means "none"
   */
  add(id: number): number {
    if (id === NO_GOROUTINE || id === NONE)
      throw TraceError.ofEvent("wrong-context", "the event names no goroutine");
    if (this.index.get(id) >= 0)
      throw TraceError.ofEvent("duplicate-resource", `goroutine ${id} is there already`);
    const slot = this.index.add(id);
    if (slot >= this.status.length) this.#grow(slot + 1);
    this.status[slot] = Status.Runnable;
    this.isUnannounced[slot] = 0;
    this.isCreated[slot] = 0;
    this.startStack[slot] = 0;
    this.waitsFor[slot] = 0;
    this.syscallThread[slot] = NONE;
    this.stream[slot] = 0;
    this.lostStream[slot] = 0;
    this.assists[slot] = Assists.No;
    return slot;
  }

  delete(id: number): void {
    this.#regions.delete(this.index.get(id));
    this.index.delete(id);
  }

  /** The goroutine's slot. @throws TraceError if the goroutine has another status */
  require(id: number, status: number): number {
    const slot = this.index.get(id);
    if (slot < 0) throw TraceError.ofEvent("unknown-resource", `goroutine ${id} is not known`);
    const known = this.status[slot] as number;
    if (known === status) return slot;
    const names = `${STATUS_NAMES[known]}, not ${STATUS_NAMES[status]}`;
    throw TraceError.ofEvent("inconsistent-state", `goroutine ${id} is ${names}`);
  }

  /** The regions of the goroutine in a slot. */
  regionsOf(slot: number): OpenRegions<number> {
    let regions = this.#regions.get(slot);
    if (regions === undefined) {
      regions = new OpenRegions();
      this.#regions.set(slot, regions);
    }
    return regions;
  }

  #grow(length: number): void {
    this.status = grown(this.status, length);
    this.isUnannounced = grown(this.isUnannounced, length);
    this.startStack = grown(this.startStack, length);
    this.isCreated = grown(this.isCreated, length);
    this.waitsFor = grown(this.waitsFor, length);
    this.syscallThread = grown(this.syscallThread, length);
    this.stream = grown(this.stream, length);
    this.lostStream = grown(this.lostStream, length);
    this.assists = grown(this.assists, length);
  }
}

const STATUS_NAMES = ["dead", "runnable", "running", "waiting"] as const;
