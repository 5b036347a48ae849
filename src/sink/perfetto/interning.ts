import type { EncodedText } from "../../bytes/encoded-text.js";
import { ByteWriter, putVarint, varintLength } from "../../bytes/writer.js";
import type { PacketWriter } from "./packets.js";
import { lengthTag, varintTag } from "./schema.js";
import { shownText } from "./shown-text.js";

const TAG = {
  sequence: varintTag("TracePacket", "trusted_packet_sequence_id"),
  data: lengthTag("TracePacket", "interned_data"),
  iid: varintTag("EventName", "iid"),
  text: lengthTag("EventName", "name"),
} as const;

/** Tables of interned data that hold texts by number, with the field of `InternedData` for each. */
const TABLE = {
  category: lengthTag("InternedData", "event_categories"),
  name: lengthTag("InternedData", "event_names"),
  annotation: lengthTag("InternedData", "debug_annotation_names"),
  func: lengthTag("InternedData", "function_names"),
  buildId: lengthTag("InternedData", "build_ids"),
  path: lengthTag("InternedData", "mapping_paths"),
  source: lengthTag("InternedData", "source_paths"),
  log: lengthTag("InternedData", "log_message_body"),
  value: lengthTag("InternedData", "debug_annotation_string_values"),
  symbol: lengthTag("InternedData", "kernel_symbols"),
} as const;

/** A table of texts by number. */
export type InternedTable = keyof typeof TABLE;

const ZERO = 48;

/** Texts that are remembered for one table; past that, all are forgotten and get new numbers when they come again. */
const MOST_TEXTS = 1 << 16;

/**
 * Numbers that stand for texts within one packet sequence. Each is defined in a packet of its own before it is used.
 * All tables count together, so a number means the same text wherever it is defined.
 */
export class Interning {
  readonly #packets: PacketWriter;
  readonly #sequence: number;
  readonly #texts = new Map<InternedTable, Map<string, number>>();
  readonly #data = new ByteWriter(1024);
  readonly #entry = new ByteWriter(256);
  readonly #packet = new ByteWriter(1024);
  #last = 0;

  constructor(packets: PacketWriter, sequence: number) {
    this.#packets = packets;
    this.#sequence = sequence;
  }

  /** The number of a text in a table. */
  text(table: InternedTable, text: string): number {
    let texts = this.#texts.get(table);
    if (texts === undefined || texts.size >= MOST_TEXTS) {
      texts = new Map();
      this.#texts.set(table, texts);
    }
    let iid = texts.get(text);
    if (iid === undefined) {
      iid = this.once([table], text);
      texts.set(text, iid);
    }
    return iid;
  }

  /** A new number for a text, which is not remembered: for texts that hardly come twice. */
  once(tables: readonly InternedTable[], text: string): number {
    const iid = this.next();
    const entry = this.#entry;
    entry.clear();
    entry.uvarint(TAG.iid);
    entry.uvarint(iid);
    entry.uvarint(TAG.text);
    entry.text(shownText(text));
    for (const table of tables) this.#data.nestedWriter(TABLE[table], entry);
    this.flush();
    return iid;
  }

  /**
   * The same for a text that consists of a prefix, a number and a suffix: put together as bytes, as there is one for
   * every goroutine.
   */
  onceNumbered(
    tables: readonly InternedTable[],
    prefix: EncodedText,
    number: number,
    suffix: EncodedText,
  ): number {
    const iid = this.next();
    const text = prefix.length + decimalLength(number) + suffix.length;
    const entry = 2 + varintLength(iid) + varintLength(text) + text;
    const { out } = this.#packets;
    let data = 0;
    for (const table of tables) data += varintLength(TABLE[table]) + varintLength(entry) + entry;
    this.#packets.header(1 + varintLength(this.#sequence) + 1 + varintLength(data) + data);
    out.reserve(data + 16);
    const { buffer, data: words } = out;
    let at = out.length;
    buffer[at++] = TAG.sequence;
    at = putVarint(buffer, at, this.#sequence);
    buffer[at++] = TAG.data;
    at = putVarint(buffer, at, data);
    for (const table of tables) {
      at = putVarint(buffer, at, TABLE[table]);
      at = putVarint(buffer, at, entry);
      buffer[at++] = TAG.iid;
      at = putVarint(buffer, at, iid);
      buffer[at++] = TAG.text;
      at = putVarint(buffer, at, text);
      at = prefix.put(words, at);
      at = putDecimal(buffer, at, number);
      at = suffix.put(words, at);
    }
    out.length = at;
    return iid;
  }

  /** A number that stands for nothing yet. */
  next(): number {
    return ++this.#last;
  }

  /** Defines something else than a text. Takes effect with {@link flush}. @param tag of the field of `InternedData` */
  define(tag: number, entry: ByteWriter): void {
    this.#data.nestedWriter(tag, entry);
  }

  /** Writes what has been defined. */
  flush(): void {
    const packet = this.#packet;
    packet.clear();
    packet.uvarint(TAG.sequence);
    packet.uvarint(this.#sequence);
    packet.nestedWriter(TAG.data, this.#data);
    this.#packets.append(packet);
    this.#data.clear();
  }
}

/** Puts the digits of a whole number from 0 on. */
function putDecimal(buffer: Uint8Array, start: number, value: number): number {
  const end = start + decimalLength(value);
  let rest = value;
  for (let at = end - 1; at >= start; at--) {
    buffer[at] = ZERO + (rest % 10);
    rest = Math.floor(rest / 10);
  }
  return end;
}

/** Digits of a whole number from 0 on. */
function decimalLength(value: number): number {
  let length = 1;
  for (let rest = value; rest >= 10; rest = Math.floor(rest / 10)) length++;
  return length;
}
