import type { Int } from "./pftrace-reader.js";

/** The fields of a decoded TracePacket that the tests look into, under Perfetto's names. */
export interface TracePacket {
  readonly timestamp?: Int;
  readonly timestamp_clock_id?: number;
  readonly trusted_packet_sequence_id?: number;
  readonly sequence_flags?: number;
  readonly trace_packet_defaults?: TracePacketDefaults;
  readonly interned_data?: InternedData;
  readonly clock_snapshot?: ClockSnapshot;
  readonly process_tree?: ProcessTree;
  readonly generic_kernel_process_tree?: GenericKernelProcessTree;
  readonly generic_kernel_task_state_event?: { readonly tid?: Int; readonly cpu?: number };
  readonly ftrace_events?: FtraceEventBundle;
  readonly track_descriptor?: TrackDescriptor;
  readonly track_event?: TrackEvent;
  readonly perf_sample?: PerfSample;
  readonly android_log?: { readonly events?: readonly LogEvent[] };
  readonly [other: string]: unknown;
}

export interface TracePacketDefaults {
  readonly timestamp_clock_id?: number;
  readonly track_event_defaults?: { readonly track_uuid?: Int };
}

/** By category (`event_names`, `frames`, …) the entries that later packets of the sequence name by iid. */
export interface InternedData {
  readonly [category: string]: readonly InternedEntry[];
}

export interface InternedEntry {
  readonly iid?: Int;
  readonly [field: string]: unknown;
}

export interface ClockSnapshot {
  readonly primary_trace_clock?: number;
  readonly clocks?: readonly Clock[];
}

export interface Clock {
  readonly clock_id?: number;
  readonly timestamp?: Int;
  readonly is_incremental?: boolean;
  readonly unit_multiplier_ns?: Int;
}

export interface ProcessTree {
  readonly processes?: readonly { readonly pid?: number }[];
  readonly threads?: readonly { readonly tid?: number; readonly tgid?: number }[];
}

export interface GenericKernelProcessTree {
  readonly processes?: readonly { readonly pid?: Int }[];
  readonly threads?: readonly { readonly tid?: Int; readonly pid?: Int }[];
}

export interface FtraceEventBundle {
  readonly cpu?: number;
  readonly event?: readonly FtraceEvent[];
  readonly compact_sched?: CompactSched;
}

export interface FtraceEvent {
  readonly timestamp?: Int;
  readonly pid?: number;
  readonly sched_switch?: { readonly prev_pid?: number; readonly next_pid?: number };
  readonly sched_waking?: { readonly pid?: number };
  readonly sched_blocked_reason?: { readonly pid?: number; readonly caller?: Int };
}

/** Parallel arrays of scheduler switches and of wakings; times are deltas, the first since 0. */
export interface CompactSched {
  readonly intern_table?: readonly string[];
  readonly switch_timestamp?: readonly Int[];
  readonly switch_prev_state?: readonly Int[];
  readonly switch_next_pid?: readonly number[];
  readonly switch_next_prio?: readonly number[];
  readonly switch_next_comm_index?: readonly number[];
  readonly waking_timestamp?: readonly Int[];
  readonly waking_pid?: readonly number[];
  readonly waking_target_cpu?: readonly number[];
  readonly waking_prio?: readonly number[];
  readonly waking_comm_index?: readonly number[];
}

export interface TrackDescriptor {
  readonly uuid?: Int;
  readonly parent_uuid?: Int;
  readonly name?: string;
  readonly description?: string;
  readonly process?: { readonly pid?: number };
  readonly thread?: { readonly pid?: number; readonly tid?: Int };
  readonly counter?: object;
}

export interface TrackEvent {
  readonly type?: number;
  readonly track_uuid?: Int;
  readonly flow_ids_old?: readonly Int[];
  readonly terminating_flow_ids_old?: readonly Int[];
  readonly counter_value?: Int;
  readonly double_counter_value?: number;
  readonly debug_annotations?: readonly DebugAnnotation[];
  readonly log_message?: { readonly body_iid?: Int };
  readonly [field: string]: unknown;
}

export interface DebugAnnotation {
  readonly dict_entries?: readonly DebugAnnotation[];
  readonly array_values?: readonly DebugAnnotation[];
  readonly [field: string]: unknown;
}

export interface PerfSample {
  readonly tid?: number;
  readonly callstack_iid?: Int;
}

export interface LogEvent {
  readonly tid?: number;
  readonly timestamp?: Int;
}

export const TrackEventType = { SliceBegin: 1, SliceEnd: 2, Instant: 3, Counter: 4 } as const;

/** The flag of sequence_flags that forgets all interned ids and defaults of the packet's sequence. */
export const SEQ_INCREMENTAL_STATE_CLEARED = 1;
/** The flag of sequence_flags that makes Perfetto skip the packet unless the sequence was cleared before. */
export const SEQ_NEEDS_INCREMENTAL_STATE = 2;
