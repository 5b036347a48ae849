import { InvalidArgumentError } from "commander";
import type { RegionQuery } from "../../analysis/profile/region-filter.js";
import { DurationError, parseDuration } from "../../base/duration.js";
import { TRACK_GROUPS, type TrackGroup } from "../../sink/view-options.js";

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

/** The shortest and longest time of `MIN..MAX`; one of them may be left out. @throws InvalidArgumentError */
export function parseTimeRange(text: string): Pick<RegionQuery, "min" | "max"> {
  const [, min, max] = /^(.*?)\.\.(.*)$/.exec(text) ?? [];
  if (min === undefined || max === undefined || text === "..") {
    throw new InvalidArgumentError("A range is MIN..MAX, MIN.. or ..MAX, such as 1ms..10ms.");
  }
  const range = { ...(min && { min: parseTime(min) }), ...(max && { max: parseTime(max) }) };
  if ((range.min ?? 0) > (range.max ?? Number.POSITIVE_INFINITY)) {
    throw new InvalidArgumentError("MIN is more than MAX.");
  }
  return range;
}

/** A regular expression between slashes. @throws InvalidArgumentError */
export function parsePattern(text: string): RegExp {
  const [, source] = /^\/(.+)\/$/.exec(text) ?? [];
  if (source === undefined)
    throw new InvalidArgumentError("A regular expression stands between slashes: /sync/.");
  try {
    return new RegExp(source);
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    throw new InvalidArgumentError(`${error.message}.`);
  }
}

/** A name or path. @throws InvalidArgumentError */
export function parseName(text: string): string {
  if (text === "") throw new InvalidArgumentError("It is empty.");
  return text;
}
