import { InvalidArgumentError } from "commander";
import { DurationError, parseDuration } from "../base/duration.js";
import { TRACK_GROUPS, type TrackGroup } from "../sink/perfetto/options.js";

/** Nanoseconds of an option's time. @throws InvalidArgumentError */
export function parseTime(text: string): number {
  try {
    return parseDuration(text);
  } catch (error) {
    if (!(error instanceof DurationError)) throw error;
    const form = "Durations are numbers with units, such as 500ns, 10us, 1.5ms or 1m30s.";
    throw new InvalidArgumentError(`As a duration, ${error.message}. ${form}`);
  }
}

/** Most rows that can be asked for. */
const MOST = 1_000_000;

/** A number of rows. @throws InvalidArgumentError */
export function parseCount(text: string): number {
  const count = Number(text);
  if (!/^\d+$/.test(text) || count < 1 || count > MOST)
    throw new InvalidArgumentError(`It is not a whole number from 1 to ${MOST}.`);
  return count;
}

/** The names in a list of tracks. @throws InvalidArgumentError */
export function parseTracks(text: string): TrackGroup[] {
  const names = text.split(",").map((name) => name.trim());
  const wrong = names.find((name) => !TRACK_GROUPS.some((group) => group === name));
  if (wrong !== undefined) {
    throw new InvalidArgumentError(`There are no tracks "${wrong}". Allowed are ${TRACK_GROUPS.join(", ")}.`);
  }
  return names as TrackGroup[];
}
