import { isDeepStrictEqual } from "node:util";
import {
  type DebugAnnotation,
  type InternedData,
  type InternedEntry,
  SEQ_INCREMENTAL_STATE_CLEARED,
  SEQ_NEEDS_INCREMENTAL_STATE,
  type TracePacket,
} from "./pftrace-packet.js";
import type { Int } from "./pftrace-reader.js";

/** Fields that hold one or more iids, each with the category of interned data that must define them. */
type References = readonly (readonly [field: string, category: string])[];

const EVENT_REFERENCES: References = [
  ["name_iid", "event_names"],
  ["category_iids", "event_categories"],
  ["callstack_iid", "callstacks"],
  ["source_location_iid", "source_locations"],
];
const ANNOTATION_REFERENCES: References = [
  ["name_iid", "debug_annotation_names"],
  ["string_value_iid", "debug_annotation_string_values"],
];
const ENTRY_REFERENCES: Readonly<Record<string, References>> = {
  callstacks: [["frame_ids", "frames"]],
  frames: [
    ["function_name_id", "function_names"],
    ["mapping_id", "mappings"],
    ["source_path_iid", "source_paths"],
  ],
  mappings: [
    ["build_id", "build_ids"],
    ["path_string_ids", "mapping_paths"],
  ],
};

/** An iid that a packet uses, and the category that must define it. */
type Use = readonly [category: string, iid: Int];

/** Checks that each interned id is defined before it is used, on the same sequence and since it was last cleared. */
export function internProblems(packets: readonly TracePacket[]): string[] {
  const sequences = new Map<number, Sequence>();
  const problems: string[] = [];
  for (const [index, packet] of packets.entries()) {
    const id = packet.trusted_packet_sequence_id ?? 0;
    const sequence = sequences.get(id) ?? new Sequence();
    sequences.set(id, sequence);
    for (const problem of sequence.add(packet))
      problems.push(`packet ${index}: ${problem} on sequence ${id}`);
  }
  return problems;
}

class Sequence {
  #cleared = false;
  readonly #entries = new Map<string, Map<Int, InternedEntry>>();

  /** @returns what is wrong with the packet */
  add(packet: TracePacket): string[] {
    const flags = packet.sequence_flags ?? 0;
    if (flags & SEQ_INCREMENTAL_STATE_CLEARED) this.#clear();
    const uses = packetUses(packet);
    if (packet.interned_data) definitionUses(packet.interned_data, uses);
    const stateful = packet.interned_data || packet.trace_packet_defaults || uses.length > 0;
    if (!this.#cleared && (stateful || flags & SEQ_NEEDS_INCREMENTAL_STATE)) {
      return ["incremental state is used before it is cleared"];
    }
    const redefined = packet.interned_data ? this.#define(packet.interned_data) : [];
    return [...redefined, ...this.#undefinedUses(uses)];
  }

  #clear(): void {
    this.#cleared = true;
    this.#entries.clear();
  }

  #define(data: InternedData): string[] {
    const problems: string[] = [];
    for (const [category, entries] of Object.entries(data)) {
      const known = this.#entries.get(category) ?? new Map<Int, InternedEntry>();
      this.#entries.set(category, known);
      for (const entry of entries) {
        const iid = entry.iid ?? 0;
        if (iid === 0) {
          problems.push(`${category} defines no iid`);
          continue;
        }
        const before = known.get(iid);
        known.set(iid, entry);
        if (before !== undefined && !isDeepStrictEqual(before, entry))
          problems.push(`${category} ${iid} is defined again as something else`);
      }
    }
    return problems;
  }

  #undefinedUses(uses: readonly Use[]): string[] {
    return uses
      .filter(([category, iid]) => !this.#entries.get(category)?.has(iid))
      .map(([category, iid]) => `${category} ${iid} is not defined`);
  }
}

function packetUses(packet: TracePacket): Use[] {
  const uses: Use[] = [];
  const event = packet.track_event;
  if (event) {
    fieldUses(event, EVENT_REFERENCES, uses);
    annotationUses(event.debug_annotations, uses);
  }
  if (event?.log_message?.body_iid !== undefined) uses.push(["log_message_body", event.log_message.body_iid]);
  if (packet.perf_sample) uses.push(["callstacks", packet.perf_sample.callstack_iid ?? 0]);
  for (const { sched_blocked_reason: reason } of packet.ftrace_events?.event ?? []) {
    if (reason?.caller) uses.push(["kernel_symbols", reason.caller]);
  }
  return uses;
}

function definitionUses(data: InternedData, uses: Use[]): void {
  for (const [category, entries] of Object.entries(data)) {
    const references = ENTRY_REFERENCES[category];
    if (references) for (const entry of entries) fieldUses(entry, references, uses);
  }
}

function annotationUses(annotations: readonly DebugAnnotation[] = [], uses: Use[]): void {
  for (const annotation of annotations) {
    fieldUses(annotation, ANNOTATION_REFERENCES, uses);
    annotationUses(annotation.dict_entries, uses);
    annotationUses(annotation.array_values, uses);
  }
}

function fieldUses(message: Readonly<Record<string, unknown>>, references: References, uses: Use[]): void {
  for (const [field, category] of references) {
    const iids = message[field] as Int | readonly Int[] | undefined;
    if (typeof iids === "object") for (const iid of iids) uses.push([category, iid]);
    else if (iids !== undefined) uses.push([category, iids]);
  }
}
