import type { Interner } from "../../base/interner.js";
import { putField, putNumber } from "../../bytes/encode/small-varint.js";
import { SteadyVarint } from "../../bytes/encode/steady-varint.js";
import { ByteWriter, varintLength } from "../../bytes/writer.js";
import { Interning } from "./interning.js";
import { type PacketWriter, Sequence } from "./packets.js";
import { lengthTag, varintTag } from "./schema.js";

const TAG = {
  ftraceEvents: lengthTag("TracePacket", "ftrace_events"),
  sequence: varintTag("TracePacket", "trusted_packet_sequence_id"),
  cpu: varintTag("FtraceEventBundle", "cpu"),
  event: lengthTag("FtraceEventBundle", "event"),
  time: varintTag("FtraceEvent", "timestamp"),
  waker: varintTag("FtraceEvent", "pid"),
  reason: lengthTag("FtraceEvent", "sched_blocked_reason"),
  pid: varintTag("SchedBlockedReasonFtraceEvent", "pid"),
  caller: varintTag("SchedBlockedReasonFtraceEvent", "caller"),
} as const;

/** An upper bound of the bytes of one reason, whose lengths are one byte each. */
const MOST_BYTES = 64;

/** Bytes gathered for one packet. */
const PACKET_SIZE = 1 << 14;

/**
 * Why goroutines waited, for the scheduling tables (`thread_state.blocked_function`). Linux reports the
 * kernel function in which a thread slept, at the end of the sleep. Here the reason replaces it.
 */
export class BlockedReasons {
  readonly #packets: PacketWriter;
  readonly #base: number;
  readonly #reasons: Interner;
  readonly #symbols: Interning;
  /** Number of the symbol by number of the reason; 0: none yet. */
  readonly #known: number[] = [];
  readonly #times = new SteadyVarint();
  readonly #events = new ByteWriter();

  /**
   * @param base absolute time of the start of the trace
   * @param reasons texts of the reasons
   */
  constructor(packets: PacketWriter, base: number, reasons: Interner) {
    this.#packets = packets;
    this.#base = base;
    this.#reasons = reasons;
    packets.packet({ trusted_packet_sequence_id: Sequence.BlockedReasons, sequence_flags: 1 });
    this.#symbols = new Interning(packets, Sequence.BlockedReasons);
  }

  /** A wait ends. @param tid the goroutine's thread id in the file; @param reason its number; −1 is none */
  add(time: number, tid: number, reason: number): void {
    if (reason < 0) return;
    const symbol = this.#known[reason] ?? this.#define(reason);
    if (symbol === 0) return;
    const events = this.#events;
    events.reserve(MOST_BYTES);
    const { data } = events;
    const start = events.length;
    data.setUint8(start, TAG.event);
    data.setUint8(start + 2, TAG.time);
    let at = this.#times.put(data, start + 3, this.#base + time);
    at = putField(data, at, TAG.waker, 0);
    const reasonAt = putNumber(data, at, TAG.reason) + 1;
    at = putField(data, reasonAt, TAG.pid, tid);
    at = putField(data, at, TAG.caller, symbol);
    data.setUint8(reasonAt - 1, at - reasonAt);
    data.setUint8(start + 1, at - start - 2);
    events.length = at;
    if (events.length >= PACKET_SIZE) this.flush();
  }

  /** Bytes that have been gathered. */
  get pending(): number {
    return this.#events.length;
  }

  /** Writes what has been gathered. */
  flush(): void {
    const { length } = this.#events;
    if (length === 0) return;
    const { out } = this.#packets;
    const bundle = 2 + length;
    this.#packets.header(1 + varintLength(bundle) + bundle + 1 + varintLength(Sequence.BlockedReasons));
    out.uvarint(TAG.ftraceEvents);
    out.uvarint(bundle);
    out.uvarint(TAG.cpu);
    out.uvarint(0);
    out.bytes(this.#events.view());
    out.uvarint(TAG.sequence);
    out.uvarint(Sequence.BlockedReasons);
    this.#events.clear();
  }

  /** The runtime writes an empty text if it has no reason. */
  #define(reason: number): number {
    const text = this.#reasons.text(reason);
    const symbol = text === "" ? 0 : this.#symbols.text("symbol", text);
    this.#known[reason] = symbol;
    return symbol;
  }
}
