import { decimalLength, putDecimal } from "../../bytes/decimal.js";
import { putField, putNumber } from "../../bytes/encode/small-varint.js";
import type { EncodedText } from "../../bytes/encoded-text.js";
import { ByteWriter, varintLength } from "../../bytes/writer.js";
import { type PacketWriter, putPacketHead } from "./packets.js";
import { lengthTag, varintTag } from "./schema.js";

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

/** Tables that share one definition of a text. */
export interface InternedTables {
  readonly tags: readonly number[];
  /** Bytes of all these. */
  readonly tagLengths: number;
}

export function tables(...names: readonly InternedTable[]): InternedTables {
  const tags = names.map((name) => TABLE[name]);
  return { tags, tagLengths: tags.reduce((sum, tag) => sum + varintLength(tag), 0) };
}

/** For a text that is both the name of slices and the text of annotations. */
export const NAME_AND_VALUE = tables("name", "value");

/** An upper bound of the bytes written after the end of a packet. */
const ROOM = 16;

/**
 * The most texts remembered for a table. Beyond it, all are forgotten, and get new numbers when they recur.
 */
const MOST_TEXTS = 1 << 16;
/** The most characters of the texts that {@link Interning.often} remembers. */
const MOST_LENGTH = 1 << 22;

/**
 * Interned data of one packet sequence. Each text is defined in a packet of its own before it is used. All tables share
 * one counter, so a number means the same text in each.
 */
export class Interning {
  readonly #packets: PacketWriter;
  readonly #sequence: number;
  readonly #texts = new Map<InternedTable, Map<string, number>>();
  readonly #data = new ByteWriter(1024);
  /** A length-prefixed text. */
  readonly #text = new ByteWriter(256);
  readonly #packet = new ByteWriter(1024);
  /** The bytes before the data's length in a packet. */
  readonly #head: number;
  #last = 0;
  /** Numbers of the texts of {@link often}, by tables: a number is of use in these only. */
  readonly #often = new Map<InternedTables, Map<string, number>>();
  #oftenCount = 0;
  #oftenLength = 0;

  /** @param sequence below 128 */
  constructor(packets: PacketWriter, sequence: number) {
    this.#packets = packets;
    this.#head = TAG.sequence | (sequence << 8) | (TAG.data << 16);
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
      iid = this.once(tables(table), text);
      texts.set(text, iid);
    }
    return iid;
  }

  /** The number of a text in these tables. It is remembered while there are not too many: for long texts that recur. */
  often(into: InternedTables, text: string): number {
    const known = this.#often.get(into)?.get(text);
    if (known !== undefined) return known;
    if (this.#oftenCount >= MOST_TEXTS || this.#oftenLength >= MOST_LENGTH) {
      this.#often.clear();
      this.#oftenCount = 0;
      this.#oftenLength = 0;
    }
    const iid = this.once(into, text);
    const texts = this.#often.get(into) ?? new Map<string, number>();
    this.#often.set(into, texts.set(text, iid));
    this.#oftenCount++;
    this.#oftenLength += text.length;
    return iid;
  }

  /** A new number for a text that is not remembered: for texts that hardly recur. */
  once(into: InternedTables, text: string): number {
    this.#text.clear();
    this.#text.text(shownText(text));
    return this.#write(into);
  }

  /**
   * The same for a prefix, a number and a suffix. They are joined as bytes, because every goroutine has such
   * a text.
   */
  onceNumbered(into: InternedTables, prefix: EncodedText, number: number, suffix: EncodedText): number {
    const digits = decimalLength(number);
    const length = prefix.length + digits + suffix.length;
    this.#text.clear();
    this.#text.reserve(length + ROOM);
    const { buffer, data } = this.#text;
    let at = putNumber(data, 0, length);
    at = prefix.put(data, at);
    at = putDecimal(buffer, at, number);
    this.#text.length = suffix.put(data, at);
    return this.#write(into);
  }

  /** Writes a packet that defines the current text in tables. */
  #write({ tags, tagLengths }: InternedTables): number {
    const iid = this.next();
    const text = this.#text;
    const entry = 2 + varintLength(iid) + text.length;
    const length = tagLengths + tags.length * (varintLength(entry) + entry);
    const packet = 3 + varintLength(length) + length;
    const { out } = this.#packets;
    out.reserve(packet + ROOM);
    text.reserve(ROOM);
    const { data } = out;
    let at = putPacketHead(data, out.length, packet);
    data.setInt32(at, this.#head, true);
    at = putNumber(data, at + 3, length);
    for (let t = 0; t < tags.length; t++) {
      at = putNumber(data, at, tags[t] as number);
      at = putNumber(data, at, entry);
      at = putField(data, at, TAG.iid, iid);
      data.setUint8(at, TAG.text);
      for (let i = 0; i < text.length; i += 4) data.setInt32(at + 1 + i, text.data.getInt32(i, true), true);
      at += 1 + text.length;
    }
    out.length = at;
    return iid;
  }

  /** A number that is not defined yet. */
  next(): number {
    return ++this.#last;
  }

  /** Defines an entry other than a text; {@link flush} writes it. @param tag of the field of `InternedData` */
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

const NUL = "\0";
const SYMBOL_FOR_NUL = "\u2400";

/** A text as the file shows it. Perfetto cuts texts at the first NUL, so the symbol for NUL replaces it. */
export function shownText(text: string): string {
  return text.includes(NUL) ? text.replaceAll(NUL, SYMBOL_FOR_NUL) : text;
}
