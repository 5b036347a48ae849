import { expect, test } from "vitest";
import { LongSlices } from "../../../src/sink/perfetto/long-slices.js";
import { PacketWriter } from "../../../src/sink/perfetto/packets.js";
import { EventType } from "../../../src/sink/perfetto/track-event-bytes.js";
import { readPftrace } from "../../support/pftrace-reader.js";

const { Begin, End } = EventType;
const LEAST = 100;
const TRACK = 7;
const ANNOTATION = 3;

/** Type, name, callstack and text of each event that is in the file. */
function written(write: (events: LongSlices) => void): unknown[][] {
  const packets = new PacketWriter();
  write(new LongSlices(packets, 0, LEAST));
  return readPftrace(packets.out.view()).map(({ track_event: event }) => [
    event?.type,
    event?.name_iid ?? 0,
    event?.callstack_iid ?? 0,
    event?.debug_annotations?.[0]?.string_value_iid ?? 0,
  ]);
}

test("a slice that is long enough begins with its own fields, after those around it", () => {
  const events = written((events) => {
    events.stack = 11;
    events.annotate(ANNOTATION, 21);
    events.write(Begin, 0, TRACK, 1);
    events.stack = 12;
    events.write(Begin, 10, TRACK, 2);
    // Too short, so its row is taken by the next one.
    events.stack = 13;
    events.write(Begin, 20, TRACK, 3);
    events.write(End, 30, TRACK, 0);
    events.annotate(ANNOTATION, 24);
    events.write(Begin, 40, TRACK, 4);
    events.stack = 15;
    events.write(End, 140, TRACK, 0);
    events.write(End, 145, TRACK, 0);
    events.write(End, 146, TRACK, 0);
  });
  expect(events).toEqual([
    [Begin, 1, 11, 21],
    [Begin, 2, 12, 0],
    [Begin, 4, 0, 24],
    [End, 0, 15, 0],
    [End, 0, 0, 0],
    [End, 0, 0, 0],
  ]);
});

test("slices may nest a hundred thousand deep", () => {
  const DEPTH = 100_000;
  const events = written((events) => {
    for (let i = 1; i <= DEPTH; i++) events.write(Begin, 0, TRACK, i);
    for (let i = 0; i < DEPTH; i++) events.write(End, LEAST, TRACK, 0);
  });
  expect(events.slice(0, DEPTH).map(([, name]) => name)).toEqual(
    Array.from({ length: DEPTH }, (_, i) => i + 1),
  );
  expect(events).toHaveLength(2 * DEPTH);
});
