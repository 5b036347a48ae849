import { GREATEST_ID } from "../../base/ids.js";
import { MalformedBytes } from "../../bytes/byte-cursor.js";
import type { BatchStore, Slot } from "../../wire/batch-store.js";
import type { EventForms } from "../../wire/v1/event-forms.js";
import { EventReader } from "../../wire/v1/event-reader.js";
import { wireType } from "../../wire/v1/spec.js";
import type { ProcStream } from "../../wire/v1/trace.js";

/** Stands for no goroutine. */
export const NO_GOROUTINE = 0;

/** How an event changes the goroutine that its P runs. */
const Carries = { Same: 0, Starts: 1, Stops: 2, Elsewhere: 3 } as const;

const CARRIES = (() => {
  const carries = new Uint8Array(64);
  const set = (value: number, names: string) => {
    for (const name of names.split(" ")) carries[wireType(name)] = value;
  };
  set(Carries.Starts, "GoStart GoStartLocal GoStartLabel");
  set(Carries.Stops, "GoEnd GoStop GoSched GoPreempt GoSleep GoBlock GoBlockSend GoBlockRecv GoBlockSelect");
  set(Carries.Stops, "GoBlockSync GoBlockCond GoBlockNet GoBlockGC GoSysBlock");
  set(Carries.Elsewhere, "GoSysExit GoSysExitLocal GoWaiting GoInSyscall");
  return carries;
})();

/** Reads the events of a P's stream in order. */
export class StreamCursor extends EventReader {
  /** The goroutine on which the current event happened, or {@link NO_GOROUTINE}. */
  goroutine = NO_GOROUTINE;
  /** The goroutine that the P runs after the current event. */
  carried = NO_GOROUTINE;
  readonly stream: ProcStream;
  readonly #store: BatchStore;
  readonly #slot: Slot = { buffer: new Uint8Array(0), start: 0 };
  #segment = -1;

  constructor(stream: ProcStream, store: BatchStore, forms: EventForms) {
    super(forms);
    this.stream = stream;
    this.#store = store;
  }

  /**
   * Moves to the next event. Returns false if there is none.
   * @throws MalformedBytes if the bytes have changed since the first read
   */
  advance(): boolean {
    while (!this.next()) if (!this.#load()) return false;
    const carries = CARRIES[this.type] as number;
    this.goroutine = this.carried;
    if (carries === Carries.Stops) this.carried = NO_GOROUTINE;
    else if (carries !== Carries.Same) {
      this.goroutine = this.args[0] as number;
      // Events of an id that means "none" belong to no goroutine.
      if (carries === Carries.Starts)
        this.carried = this.goroutine > GREATEST_ID ? NO_GOROUTINE : this.goroutine;
    }
    return true;
  }

  /**
   * Ticks of the next event, or at least of its batch; infinite if there is none. The current event is no longer
   * readable after it.
   */
  peekTime(): number {
    const { time, sequence } = this;
    const { position } = this.data;
    try {
      if (this.next()) return this.time;
    } catch (error) {
      if (!(error instanceof MalformedBytes)) throw error;
    } finally {
      this.time = time;
      this.sequence = sequence;
      this.data.position = position;
    }
    const begin = this.stream.times[this.#segment + 1] ?? Number.POSITIVE_INFINITY;
    return Number.isNaN(begin) ? time : begin;
  }

  /** Offset of the current event in the input. */
  get offset(): number {
    return (this.stream.offsets[this.#segment] ?? 0) + this.start - this.#slot.start;
  }

  /** Bytes of the events after the current one. */
  get bytesLeft(): number {
    const { lengths } = this.stream;
    let bytes = this.remaining;
    for (let i = this.#segment + 1; i < lengths.length; i++) bytes += lengths[i] as number;
    return bytes;
  }

  /** Makes the next segment readable. Returns false if there is none. */
  #load(): boolean {
    const { references, lengths, times, sequences } = this.stream;
    const segment = this.#segment + 1;
    if (segment >= references.length) return false;
    this.#segment = segment;
    const slot = this.#slot;
    const length = lengths[segment] as number;
    this.#store.load(references[segment] as number, length, slot);
    this.reset(slot.buffer, slot.start, slot.start + length);
    const time = times[segment] as number;
    if (!Number.isNaN(time)) {
      this.time = time;
      this.sequence = sequences[segment] as number;
    }
    return true;
  }
}
