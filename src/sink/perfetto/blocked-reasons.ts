import type { Interner } from "../../base/interner.js";
import { ByteWriter, putVarint, varintLength } from "../../bytes/writer.js";
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

const REASON_TAG_LENGTH = varintLength(TAG.reason);
/** More than the bytes of one reason: its lengths are one byte each. */
const MOST_BYTES = 64;

/** Bytes that are gathered before they are written as one packet. */
const PACKET_SIZE = 1 << 14;

/**
 * Why goroutines waited, for the scheduling tables (`thread_state.blocked_function`). Linux tells the kernel function
 * in which a thread slept, at the end of the sleep; the reason stands in its place.
 */
export class BlockedReasons {
  readonly #packets: PacketWriter;
  readonly #base: number;
  readonly #reasons: Interner;
  readonly #symbols: Interning;
  /** Number of the symbol by number of the reason; 0 is none yet. */
  readonly #known: number[] = [];
  readonly #events = new ByteWriter(PACKET_SIZE * 2);

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

  /** A wait is over. @param tid the goroutine's thread id in the file; @param reason its number; −1 is none */
  add(time: number, tid: number, reason: number): void {
    if (reason < 0) return;
    const symbol = this.#known[reason] ?? this.#define(reason);
    if (symbol === 0) return;
    const at = this.#base + time;
    const inner = 2 + varintLength(tid) + varintLength(symbol);
    const events = this.#events;
    events.reserve(MOST_BYTES);
    const { buffer } = events;
    let end = events.length;
    buffer[end++] = TAG.event;
    buffer[end++] = 1 + varintLength(at) + 2 + REASON_TAG_LENGTH + 1 + inner;
    buffer[end++] = TAG.time;
    end = putVarint(buffer, end, at);
    buffer[end++] = TAG.waker;
    buffer[end++] = 0;
    end = putVarint(buffer, end, TAG.reason);
    buffer[end++] = inner;
    buffer[end++] = TAG.pid;
    end = putVarint(buffer, end, tid);
    buffer[end++] = TAG.caller;
    events.length = putVarint(buffer, end, symbol);
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

  /** The runtime has an empty text for reasons that are not to be told. */
  #define(reason: number): number {
    const text = this.#reasons.text(reason);
    const symbol = text === "" ? 0 : this.#symbols.text("symbol", text);
    this.#known[reason] = symbol;
    return symbol;
  }
}
