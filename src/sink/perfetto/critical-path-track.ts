import type { Steps } from "../trace-sink.js";
import type { CriticalPathView, PathSlice } from "../view-options.js";
import { shownText } from "./interning.js";
import { BOOTTIME, type PacketWriter, Sequence } from "./packets.js";
import type { Message } from "./schema.js";
import { EventType } from "./track-event-bytes.js";
import { describeTrack, Track } from "./tracks.js";

/**
 * Writes the critical path of one task or goroutine: a track of its own, in sight when a viewer opens the file. Its
 * slices adjoin each other.
 * @param base absolute time of the start of the trace in the file
 */
export function* writeCriticalPath(packets: PacketWriter, base: number, path: CriticalPathView): Steps {
  describeTrack(packets, {
    uuid: Track.CriticalPath,
    name: shownText(path.title),
    description: "What it waited for, and what that did: from the beginning to the end, without a gap",
  });
  const event = (time: number, fields: Message) =>
    packets.packet({
      timestamp: base + time,
      timestamp_clock_id: BOOTTIME,
      trusted_packet_sequence_id: Sequence.Tracks,
      track_event: { track_uuid: Track.CriticalPath, ...fields },
    });
  for (const slice of path.slices) {
    event(slice.since, beginOf(slice));
    event(slice.until, { type: EventType.End });
    yield;
  }
}

function beginOf({ doing, function: func, goroutine, place }: PathSlice): Message {
  const texts = { goroutine: goroutine === undefined ? "" : String(goroutine), function: func, place };
  return {
    type: EventType.Begin,
    name: shownText(func === "" ? doing : `${doing}: ${func}`),
    categories: ["path"],
    debug_annotations: Object.entries(texts)
      .filter(([, value]) => value !== "")
      .map(([name, value]) => ({ name, string_value: shownText(value) })),
  };
}
