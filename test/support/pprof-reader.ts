import { gunzipSync } from "node:zlib";
import protobuf from "protobufjs";

/** The parts of pprof's profile.proto that profiles of traces have, with its numbers. */
const PROTO = `
syntax = "proto3";
message ValueType { int64 type = 1; int64 unit = 2; }
message Label { int64 key = 1; int64 str = 2; int64 num = 3; int64 num_unit = 4; }
message Sample { repeated uint64 location_id = 1; repeated int64 value = 2; repeated Label label = 3; }
message Mapping {
  uint64 id = 1; uint64 memory_start = 2; uint64 memory_limit = 3; uint64 file_offset = 4;
  int64 filename = 5; int64 build_id = 6;
  bool has_functions = 7; bool has_filenames = 8; bool has_line_numbers = 9; bool has_inline_frames = 10;
}
message Line { uint64 function_id = 1; int64 line = 2; int64 column = 3; }
message Location { uint64 id = 1; uint64 mapping_id = 2; uint64 address = 3; repeated Line line = 4; bool is_folded = 5; }
message Function { uint64 id = 1; int64 name = 2; int64 system_name = 3; int64 filename = 4; int64 start_line = 5; }
message Profile {
  repeated ValueType sample_type = 1; repeated Sample sample = 2; repeated Mapping mapping = 3;
  repeated Location location = 4; repeated Function function = 5; repeated string string_table = 6;
  int64 drop_frames = 7; int64 keep_frames = 8; int64 time_nanos = 9; int64 duration_nanos = 10;
  ValueType period_type = 11; int64 period = 12; repeated int64 comment = 13; int64 default_sample_type = 14;
}`;
const MESSAGE = protobuf.parse(PROTO, { keepCase: true }).root.lookupType("Profile");

/** 64-bit integers are their decimal text. */
export interface PprofMessage {
  readonly sample_type: readonly { readonly type: string; readonly unit: string }[];
  readonly sample: readonly {
    readonly location_id: readonly string[];
    readonly value: readonly string[];
    readonly label: readonly { readonly key: string; readonly str: string }[];
  }[];
  readonly mapping: readonly {
    readonly id: string;
    readonly memory_start: string;
    readonly memory_limit: string;
    readonly has_functions: boolean;
  }[];
  readonly location: readonly {
    readonly id: string;
    readonly mapping_id: string;
    readonly address: string;
    readonly line: readonly { readonly function_id: string; readonly line: string }[];
  }[];
  readonly function: readonly { readonly id: string; readonly name: string; readonly filename: string }[];
  readonly string_table: readonly string[];
  readonly time_nanos: string;
  readonly duration_nanos: string;
  readonly comment: readonly string[];
  readonly default_sample_type: string;
}

/** Reads a profile, gzipped or not, by the descriptor above and not by the library that writes ours. */
export function readPprof(bytes: Uint8Array): PprofMessage {
  const plain = bytes[0] === 0x1f && bytes[1] === 0x8b ? gunzipSync(bytes) : bytes;
  return MESSAGE.toObject(MESSAGE.decode(plain), {
    longs: String,
    defaults: true,
  }) as unknown as PprofMessage;
}

/**
 * What one stack sums up to: `count delay` by the stack's addresses, joined by spaces from the innermost on. The official
 * tool takes a stack of address 0 and none for the same, and writes either.
 */
export function sumsByStack(profile: PprofMessage): Record<string, string> {
  const addresses = new Map(profile.location.map(({ id, address }) => [id, BigInt(address).toString(16)]));
  const sums = new Map<string, bigint[]>();
  for (const { location_id, value } of profile.sample) {
    const stack = location_id
      .map((id) => addresses.get(id))
      .join(" ")
      .replace(/( ?\b0)+$/, "");
    const before = sums.get(stack);
    sums.set(
      stack,
      value.map((each, i) => BigInt(each) + (before?.[i] ?? 0n)),
    );
  }
  return Object.fromEntries([...sums].map(([stack, values]) => [stack, values.join(" ")]));
}
