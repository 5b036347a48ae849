import { describe, expect, it } from "vitest";
import { pftraceProblems } from "./integrity-pftrace.js";
import { type TracePacket, TrackEventType } from "./pftrace-packet.js";

const { SliceBegin, SliceEnd, Instant, Counter } = TrackEventType;
const START = 1000;
const INCREMENTAL_CLOCK = 64;
const WALL_START = 1_700_000_000_000_000_000n;

/** The first packet of a trace: its clocks, and the first state of packet sequence 1. */
const FIRST: TracePacket = {
  trusted_packet_sequence_id: 1,
  sequence_flags: 1,
  clock_snapshot: {
    primary_trace_clock: 6,
    clocks: [
      { clock_id: 6, timestamp: START },
      { clock_id: 1, timestamp: WALL_START },
      { clock_id: INCREMENTAL_CLOCK, timestamp: 0, is_incremental: true },
    ],
  },
  trace_packet_defaults: { timestamp_clock_id: INCREMENTAL_CLOCK },
};

const PROCESS: TracePacket = { track_descriptor: { uuid: 1, process: { pid: 70 } } };
const THREAD: TracePacket = { track_descriptor: { uuid: 2, parent_uuid: 1, thread: { pid: 70, tid: 7 } } };
const CUSTOM: TracePacket = { track_descriptor: { uuid: 3, parent_uuid: 1 } };
const COUNTER: TracePacket = { track_descriptor: { uuid: 4, parent_uuid: 3, counter: {} } };
const TRACKS = [PROCESS, THREAD, CUSTOM, COUNTER];

function event(timestamp: number, type: number, more: object = {}): TracePacket {
  return { timestamp, timestamp_clock_id: 6, track_event: { type, track_uuid: 3, ...more } };
}

function onSequence(id: number, packet: TracePacket): TracePacket {
  return { trusted_packet_sequence_id: id, ...packet };
}

/** The problems of a trace of sequence 1 that starts as it should and has the given packets. */
function problemsOf(...packets: TracePacket[]): string[] {
  return pftraceProblems([FIRST, ...TRACKS, ...packets].map((packet) => onSequence(1, packet)));
}

/** Expects exactly one problem; the first of the packets is packet 5. */
function expectProblem(message: RegExp | string, ...packets: TracePacket[]): void {
  expect(problemsOf(...packets)).toEqual([expect.stringMatching(message)]);
}

const STACK_DATA: TracePacket = {
  interned_data: {
    function_names: [{ iid: 1, str: Buffer.from("main.main") }],
    mapping_paths: [{ iid: 1, str: Buffer.from("/app") }],
    mappings: [{ iid: 1, path_string_ids: [1] }],
    frames: [{ iid: 1, function_name_id: 1, mapping_id: 1 }],
    callstacks: [{ iid: 1, frame_ids: [1] }],
  },
};

const COMPACT_SCHED = {
  intern_table: ["main.worker"],
  switch_timestamp: [START, 0, 5],
  switch_prev_state: [1, 1, 1],
  switch_next_pid: [7, 0, 7],
  switch_next_prio: [120, 120, 120],
  switch_next_comm_index: [0, 0, 0],
  waking_timestamp: [START + 2],
  waking_pid: [7],
  waking_target_cpu: [0],
  waking_prio: [120],
  waking_comm_index: [0],
};

describe("a sound trace", () => {
  it("has no problems", () => {
    const packets = [
      { timestamp: 0, track_event: { type: SliceBegin, track_uuid: 3 } },
      { timestamp: 5, track_event: { type: Instant, track_uuid: 2, flow_ids_old: [9] } },
      { timestamp: 1, track_event: { type: SliceEnd, track_uuid: 3, terminating_flow_ids_old: [9] } },
      event(START, Counter, { track_uuid: 4, counter_value: 0 }),
      { ...STACK_DATA, ...event(START, Instant, { callstack_iid: 1 }) },
      { timestamp: 1, perf_sample: { tid: 7, callstack_iid: 1 } },
      { ftrace_events: { cpu: 0, compact_sched: COMPACT_SCHED } },
      { android_log: { events: [{ tid: 7, timestamp: WALL_START + 1n }] } },
    ];
    expect(problemsOf(...packets)).toEqual([]);
    expect(pftraceProblems([])).toEqual([]);
  });

  it("may declare tracks, threads and processes after their use", () => {
    const late = [
      { generic_kernel_task_state_event: { tid: 8, cpu: 0 }, timestamp: 1 },
      event(START, Instant, { track_uuid: 55 }),
      { generic_kernel_process_tree: { threads: [{ tid: 8, pid: 80 }], processes: [{ pid: 80 }] } },
      { track_descriptor: { uuid: 55, parent_uuid: 56 } },
      { track_descriptor: { uuid: 56 } },
    ];
    expect(problemsOf(...late)).toEqual([]);
  });

  it("takes the track of an event from the sequence's defaults", () => {
    const defaults = { trace_packet_defaults: { track_event_defaults: { track_uuid: 3 } } };
    expect(problemsOf(defaults, { timestamp: START, track_event: { type: Instant } })).toEqual([]);
    expectProblem(
      "packet 7: an event without a track",
      defaults,
      { sequence_flags: 1 },
      {
        timestamp: START,
        track_event: { type: Instant },
      },
    );
  });
});

describe("tracks", () => {
  it("resolve", () => {
    expectProblem("packet 5: no track has the uuid 99", event(START, Instant, { track_uuid: 99 }));
    expectProblem("packet 5: a track without a uuid", { track_descriptor: {} });
    expectProblem("track 5: no track has the parent's uuid 99", {
      track_descriptor: { uuid: 5, parent_uuid: 99 },
    });
  });

  it("form no ring", () => {
    const ring = problemsOf(
      { track_descriptor: { uuid: 5, parent_uuid: 6 } },
      { track_descriptor: { uuid: 6, parent_uuid: 5 } },
    );
    expect(ring).toEqual(["track 5: its parents form a ring", "track 6: its parents form a ring"]);
  });

  it("get only events of their kind", () => {
    expectProblem(/^packet 5: event type 3 does not suit track 4$/, event(START, Instant, { track_uuid: 4 }));
    expectProblem(/^packet 5: event type 4 does not suit/, event(START, Counter, { counter_value: 1 }));
    expectProblem("packet 5: a counter event without", event(START, Counter, { track_uuid: 4 }));
  });
});

describe("slices", () => {
  it("are balanced on each track, by time and not by place in the file", () => {
    expect(problemsOf(event(START + 9, SliceEnd), event(START, SliceBegin))).toEqual([]);
    expectProblem("packet 5: a slice ends on track 3", event(START, SliceEnd));
    expectProblem("packet 5: a slice on track 3 never ends", event(START, SliceBegin));
    const onOtherTrack = event(START + 1, SliceEnd, { track_uuid: 2 });
    expect(problemsOf(event(START, SliceBegin), onOtherTrack)).toHaveLength(2);
  });

  it("may touch at one time in the order of the file", () => {
    const touching = [SliceBegin, SliceEnd, SliceBegin, SliceEnd].map((type) => event(START, type));
    expect(problemsOf(...touching)).toEqual([]);
  });
});

describe("flows", () => {
  it("have one source and one later end", () => {
    const source = event(START + 5, Instant, { flow_ids_old: [9] });
    const end = event(START + 6, Instant, { terminating_flow_ids_old: [9] });
    expectProblem("packet 5: flow 9 never ends", source);
    expectProblem("packet 5: flow 9 never starts", end);
    expectProblem("packet 6: flow 9 ends before it starts", source, { ...end, timestamp: START });
    expectProblem("packet 6: flow 9 starts here and in packet 5", source, source, end);
    expectProblem("packet 7: flow 9 ends here and in packet 6", source, end, end);
  });
});

describe("interned ids", () => {
  it("are defined before their use", () => {
    expectProblem(
      "packet 5: callstacks 1 is not defined",
      event(START, Instant, { callstack_iid: 1 }),
      STACK_DATA,
    );
    expectProblem("packet 5: event_names 3 is not defined", event(START, Instant, { name_iid: 3 }));
    expectProblem("packet 5: event_categories 2", event(START, Instant, { category_iids: [2] }));
    expectProblem("packet 5: log_message_body 4", event(START, Instant, { log_message: { body_iid: 4 } }));
    expectProblem("packet 5: callstacks 8", { timestamp: 0, perf_sample: { tid: 7, callstack_iid: 8 } });
    expectProblem("packet 5: callstacks 0", { timestamp: 0, perf_sample: { tid: 7 } });
    const blocked = { timestamp: START, pid: 7, sched_blocked_reason: { pid: 7, caller: 6 } };
    expectProblem("packet 5: kernel_symbols 6", { ftrace_events: { cpu: 0, event: [blocked] } });
  });

  it("are looked up in nested annotations and in other definitions", () => {
    const nested = [{ dict_entries: [{ array_values: [{ name_iid: 5, string_value_iid: 6 }] }] }];
    expect(problemsOf(event(START, Instant, { debug_annotations: nested }))).toEqual([
      "packet 5: debug_annotation_names 5 is not defined on sequence 1",
      "packet 5: debug_annotation_string_values 6 is not defined on sequence 1",
    ]);
    const frames = [{ iid: 1, function_name_id: 2 }];
    expectProblem("packet 5: function_names 2", { interned_data: { frames } });
  });

  it("hold for one sequence, until it is cleared", () => {
    const use = event(START, Instant, { callstack_iid: 1 });
    expectProblem("packet 6: callstacks 1 is not defined on sequence 2", STACK_DATA, {
      ...onSequence(2, use),
      sequence_flags: 1,
    });
    expectProblem("packet 7: callstacks 1 is not defined", STACK_DATA, { sequence_flags: 1 }, use);
    expectProblem("packet 5: incremental state is used before", onSequence(2, STACK_DATA));
    expectProblem("packet 5: incremental state is used before", onSequence(2, { sequence_flags: 2 }));
  });

  it("do not change their meaning", () => {
    const name = (str: string) => ({ interned_data: { event_names: [{ iid: 1, name: str }] } });
    expect(problemsOf(name("a"), name("a"), { ...name("b"), sequence_flags: 1 })).toEqual([]);
    expectProblem("packet 6: event_names 1 is defined again", name("a"), name("b"));
    expectProblem("packet 5: event_names defines no iid", {
      interned_data: { event_names: [{ name: "a" }] },
    });
  });
});

describe("times", () => {
  it("are never before the trace's start", () => {
    expectProblem("packet 5: time 999 is before the trace's start at 1000", event(START - 1, Instant));
    const log = { tid: 7, timestamp: WALL_START - 1n };
    expectProblem("packet 5: time 999 is before", { android_log: { events: [log] } });
    const waking = { timestamp: 4, pid: 7, sched_waking: { pid: 7 } };
    expectProblem("packet 5: time 4 is before", { ftrace_events: { cpu: 0, event: [waking] } });
  });

  it("are never negative, however they are written", () => {
    const negative = (1n << 64n) - 3n;
    const packet = { ...event(START, Instant), timestamp: negative };
    expect(problemsOf(packet)).toEqual([
      "packet 5: timestamp -3",
      expect.stringContaining("time -3 is before"),
    ]);
    const forward = { timestamp: 10, track_event: { type: Instant, track_uuid: 3 } };
    expectProblem("packet 6: timestamp -3", forward, { ...forward, timestamp: negative });
  });

  it("have a clock", () => {
    const strange = { ...event(START, Instant), timestamp_clock_id: 65 };
    expectProblem("packet 5: no snapshot has clock 65 for sequence 1", strange);
    expectProblem("packet 5: no snapshot has clock 64 for sequence 2", {
      ...onSequence(2, event(START, Instant)),
      timestamp_clock_id: INCREMENTAL_CLOCK,
    });
    expectProblem("packet 5: an event without a timestamp", {
      track_event: { type: Instant, track_uuid: 3 },
    });
    expectProblem("packet 5: the clock snapshot lacks the primary clock 6", {
      clock_snapshot: { clocks: [{ clock_id: 1, timestamp: 5 }] },
    });
  });
});

describe("compact scheduling", () => {
  const bundle = (change: object): TracePacket => ({
    ftrace_events: { cpu: 0, compact_sched: { ...COMPACT_SCHED, ...change } },
  });

  it("has arrays of one length", () => {
    expectProblem("packet 5: switch_next_prio has 2 values for 3", bundle({ switch_next_prio: [120, 120] }));
    expectProblem("packet 5: waking_prio has 0 values for 1", bundle({ waking_prio: undefined }));
  });

  it("never goes back in time", () => {
    const back = [START, (1n << 64n) - 1n, 3];
    expectProblem("packet 5: switch_timestamp goes back at index 1", bundle({ switch_timestamp: back }));
    expectProblem("packet 5: time 3 is before", bundle({ waking_timestamp: [3] }));
  });

  it("names its threads and its cpu", () => {
    expectProblem("packet 5: comm 1 is not among the 1", bundle({ waking_comm_index: [1] }));
    expectProblem("packet 5: an ftrace bundle without a cpu", { ftrace_events: {} });
  });
});

describe("threads", () => {
  it("have a descriptor when they are scheduled, sampled or log", () => {
    const uses = [
      { timestamp: 0, generic_kernel_task_state_event: { tid: 8 } },
      { ...STACK_DATA, timestamp: 0, perf_sample: { tid: 8, callstack_iid: 1 } },
      { android_log: { events: [{ tid: 8, timestamp: WALL_START }] } },
      { ftrace_events: { cpu: 0, event: [{ timestamp: START, pid: 8, sched_waking: { pid: 7 } }] } },
      {
        ftrace_events: { cpu: 0, event: [{ timestamp: START, sched_switch: { prev_pid: 0, next_pid: 8 } }] },
      },
      { ftrace_events: { cpu: 0, compact_sched: { ...COMPACT_SCHED, switch_next_pid: [7, 8, 8] } } },
    ];
    for (const use of uses) expectProblem("packet 5: thread 8 has no descriptor", use);
  });

  it("have a process", () => {
    expectProblem("thread 8: no process has its pid 80", {
      process_tree: { threads: [{ tid: 8, tgid: 80 }] },
    });
    const tree = { processes: [{ pid: 80 }], threads: [{ tid: 8, tgid: 80 }] };
    expect(problemsOf({ process_tree: tree })).toEqual([]);
  });
});

describe("the list of problems", () => {
  it("is cut where it gets long", () => {
    const problems = problemsOf(...Array.from({ length: 130 }, () => event(0, Instant)));
    expect(problems).toHaveLength(101);
    expect(problems.at(-1)).toBe("and 30 more");
  });
});
