import { gzipSync } from "node:zlib";
import protobuf from "protobufjs";
import { describe, expect, it } from "vitest";
import { readPftrace } from "./pftrace-reader.js";

const EVENT_FIELDS = "optional int64 value = 1; optional bytes name = 3; repeated fixed64 flow_ids = 47;";

function describeTrace(packetFields: string, eventFields = EVENT_FIELDS): protobuf.Root {
  const source = `syntax = "proto2";
    message Trace { repeated TracePacket packet = 1; }
    message TracePacket { ${packetFields} }
    message Event { ${eventFields} }`;
  return protobuf.parse(source, { keepCase: true }).root;
}

const ROOT = describeTrace(
  "optional uint64 timestamp = 8; optional Event track_event = 11; repeated sint32 deltas = 12 [packed = true];",
);

function encode(root: protobuf.Root, ...packets: object[]): Uint8Array {
  const type = root.lookupType("Trace");
  return type.encode(type.fromObject({ packet: packets })).finish();
}

describe("readPftrace", () => {
  it("gives plain packets with exact integers and without absent fields", () => {
    const event = {
      value: "-9223372036854775808",
      flow_ids: ["18446744073709551615", 3],
      name: Buffer.from("x"),
    };
    const bytes = encode(
      ROOT,
      { timestamp: "9007199254740991", deltas: [0, -7] },
      { track_event: event },
      {},
    );
    const packets = [
      { timestamp: 9007199254740991, deltas: [0, -7] },
      {
        track_event: {
          value: -9223372036854775808n,
          flow_ids: [18446744073709551615n, 3],
          name: Buffer.from("x"),
        },
      },
      {},
    ];
    expect(readPftrace(bytes, ROOT)).toEqual(packets);
    expect(readPftrace(gzipSync(bytes), ROOT)).toEqual(packets);
    expect(readPftrace(new Uint8Array(), ROOT)).toEqual([]);
  });

  it("reads by the project's own description when none is given", () => {
    expect(readPftrace(encode(ROOT, { timestamp: 5 }))).toEqual([{ timestamp: 5 }]);
  });

  it("refuses a field that the description lacks, at any depth", () => {
    const wider = describeTrace("optional uint32 surprise = 99;");
    expect(() => readPftrace(encode(wider, {}, { surprise: 1 }), ROOT)).toThrow(
      /^packet 1: TracePacket has an unknown field 99 of wire type 0$/,
    );
    const deeper = describeTrace("optional Event track_event = 11;", "optional string surprise = 5;");
    expect(() => readPftrace(encode(deeper, { track_event: { surprise: "?" } }), ROOT)).toThrow(
      /^packet 0: Event has an unknown field 5 of wire type 2$/,
    );
  });

  it("refuses a field with another wire type, and a file that is cut", () => {
    const other = describeTrace("optional fixed64 timestamp = 8;");
    expect(() => readPftrace(encode(other, { timestamp: 1 }), ROOT)).toThrow(
      /unknown field 8 of wire type 1/,
    );
    const bytes = encode(ROOT, { timestamp: 1 });
    expect(() => readPftrace(bytes.subarray(0, bytes.length - 1), ROOT)).toThrow(/out of range/);
  });
});
