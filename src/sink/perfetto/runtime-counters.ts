import { putVarint } from "../../bytes/writer.js";
import type { EventBlock } from "../../event/block.js";
import { EventKind, isProc } from "../../event/kind.js";
import { GoState, ProcState } from "../../event/states.js";
import { CounterSeries } from "../counter-series.js";
import { type PacketWriter, Sequence } from "./packets.js";
import { lengthTag, varintTag } from "./schema.js";
import { StateCounters } from "./state-counters.js";
import { startSequence, Track } from "./tracks.js";

const K = EventKind;
/** Perfetto's type of a track event that sets a counter. */
const COUNTER = 4;
/** An upper estimate of the bytes of a value. */
const POINT_BYTES = 22;

/** The counters of the "Go runtime" group: gathered while reading, written at the end. */
export class RuntimeCounters {
  readonly #heap = new CounterSeries();
  readonly #heapGoal = new CounterSeries();
  readonly #gomaxprocs = new CounterSeries();
  readonly #states = new StateCounters();
  /** Threads that have a P: as many as there are Ps that are not idle. */
  readonly #threads = new CounterSeries();
  #procs = 0;

  constructor() {
    // If no thread ever takes a P, there is no event about it.
    this.#threads.set(0, 0);
  }

  /** Takes the transitions of a block. */
  transitions(block: EventBlock): void {
    this.#states.block(block);
  }

  /** Takes the status of a goroutine, an event of a P, or a metric. */
  event(block: EventBlock, i: number): void {
    const kind = block.kind[i] as number;
    if (kind === K.GoStatus || kind === K.GoSnapshot) this.#states.status(block, i);
    else if (isProc(kind)) this.#proc(block, i);
    else this.#metric(kind).set(block.time[i] as number, block.value[i] as number);
  }

  /** About how many bytes {@link write} appends. */
  get pending(): number {
    let points = 0;
    for (const [, series] of this.#tracks()) points += series.points;
    return points * POINT_BYTES;
  }

  /**
   * Appends all values.
   * @param base absolute time of the start of the trace
   */
  write(packets: PacketWriter, base: number): void {
    this.#states.finish();
    this.#tracks().forEach(([track, series], i) => {
      // Each has its own sequence: times are relative to the previous packet, so the series need not be merged.
      const sequence = Sequence.Counters + i;
      startSequence(packets, sequence, base);
      const counters = new CounterPackets(packets, sequence, track);
      series.forEach((time, value) => {
        counters.write(time, value);
      });
    });
  }

  #tracks(): [number, CounterSeries][] {
    const { series } = this.#states;
    return [
      [Track.Heap, this.#heap],
      [Track.HeapGoal, this.#heapGoal],
      [Track.GoroutinesRunning, series[GoState.Running] as CounterSeries],
      [Track.GoroutinesRunnable, series[GoState.Runnable] as CounterSeries],
      [Track.GoroutinesWaiting, series[GoState.Waiting] as CounterSeries],
      [Track.GoroutinesInSyscall, series[GoState.Syscall] as CounterSeries],
      [Track.ThreadsWithProc, this.#threads],
      [Track.Gomaxprocs, this.#gomaxprocs],
    ];
  }

  #metric(kind: number): CounterSeries {
    if (kind === K.HeapAlloc) return this.#heap;
    return kind === K.HeapGoal ? this.#heapGoal : this.#gomaxprocs;
  }

  /** A thread takes or leaves a P, or turns out to have had it since the trace began. */
  #proc(block: EventBlock, i: number): void {
    const running = (state: number | undefined) => (state === ProcState.Running ? 1 : 0);
    const change = running(block.to[i]) - running(block.from[i]);
    if (change === 0) return;
    const time = block.time[i] as number;
    this.#procs += change;
    if (block.from[i] === ProcState.Undetermined) this.#threads.raise(1);
    else this.#threads.set(time, this.#procs);
  }
}

const TAG = {
  event: lengthTag("TracePacket", "track_event"),
  type: varintTag("TrackEvent", "type"),
  track: varintTag("TrackEvent", "track_uuid"),
  value: varintTag("TrackEvent", "counter_value"),
} as const;

/** The greatest double that a signed integer of 64 bits holds. */
const GREATEST = 2 ** 63 - 1024;

/** Writes the packets of a counter's values. There may be many thousands. */
class CounterPackets {
  readonly #packets: PacketWriter;
  #last = 0;

  constructor(
    packets: PacketWriter,
    readonly sequence: number,
    readonly track: number,
  ) {
    this.#packets = packets;
  }

  /** @param time not before that of the packet before */
  write(time: number, value: number): void {
    let at = this.#packets.beginShort(time - this.#last, this.sequence);
    const { buffer } = this.#packets.out;
    buffer[at++] = TAG.event;
    const event = at + 1;
    buffer[event] = TAG.type;
    buffer[event + 1] = COUNTER;
    buffer[event + 2] = TAG.track;
    at = putVarint(buffer, event + 3, this.track);
    at = putVarint(buffer, at, TAG.value);
    // Only damage makes a count negative. The runtime writes 2^64 − 1 for "no goal".
    at = putVarint(buffer, at, Math.min(Math.max(value, 0), GREATEST));
    buffer[event - 1] = at - event;
    this.#packets.endShort(at);
    this.#last = time;
  }
}
