import { type Command, InvalidArgumentError, Option } from "commander";
import { LANE_CHOICES, type LaneChoice } from "../../sink/perfetto/options.js";
import {
  DEFAULT_TRACKS,
  GROUPINGS,
  type Grouping,
  STACK_MODES,
  type StackMode,
  TRACK_GROUPS,
  type TrackGroup,
} from "../../sink/view-options.js";
import { SuggestingOption } from "./suggesting-option.js";
import { collected, parseTime } from "./values.js";

const DETAILS = ["auto", "full", "lean"] as const;

/** The options for what a conversion shows. */
export interface ViewerOptions {
  readonly detail: (typeof DETAILS)[number];
  readonly group: Grouping;
  readonly stacks: StackMode;
  readonly wrapper?: readonly string[];
  /** {@link DEFAULT_TRACKS} if absent. */
  readonly tracks?: readonly TrackGroup[];
  /** Nanoseconds. */
  readonly minDuration?: number;
  readonly keepYields?: boolean;
  readonly lanes: LaneChoice;
}

/** Adds the options to a command. */
export function addViewerOptions(command: Command): void {
  command
    .addOption(
      new Option(
        "--detail <level>",
        "full: everything; lean: scheduling, counters, GC, stop-the-world, CPU samples; auto: full until the trace is too large for a viewer",
      )
        .choices(DETAILS)
        .default("auto"),
    )
    .addOption(
      new Option("--group <by>", "group the rows of goroutines by start function, or not at all")
        .choices(GROUPINGS)
        .default("function"),
    )
    .option(
      "--wrapper <func>",
      "in .pftrace, name and group goroutines by what this function of theirs calls, as is done for testing.tRunner, net/http.(*conn).serve and others; 'PREFIX*' names several; may be given more than once",
      collected,
    )
    .addOption(
      new SuggestingOption(
        "--tracks <list>",
        `what to show, separated by commas: ${TRACK_GROUPS.join(", ")}, or default for all but runs and blocking; .pftrace always has scheduling; path is the critical path with --task or --goroutine`,
        () => [...TRACK_GROUPS, DEFAULT],
        true,
      ).argParser(parseTracks),
    )
    .addOption(
      new Option(
        "--stacks <as>",
        "stacks of slices: callstack (needs Perfetto v53 for .pftrace), annotation (text, for any version), none",
      )
        .choices(STACK_MODES)
        .default("callstack"),
    )
    .option(
      "--min-duration <time>",
      "leave out slices shorter than this, such as 10us; scheduling stays complete",
      parseTime,
    )
    .option(
      "--keep-yields",
      "show each run of a goroutine that yields and goes on at once on its own, in .pftrace",
    )
    .addOption(
      new Option(
        "--lanes <when>",
        "goroutines of one start function follow one another on shared rows of a .pftrace: auto (from the 17th on), always, never",
      )
        .choices(LANE_CHOICES)
        .default("auto"),
    );
}

/** In a list of tracks: those of {@link DEFAULT_TRACKS}. */
const DEFAULT = "default";

/** Parses a list of tracks. @throws InvalidArgumentError */
function parseTracks(text: string): TrackGroup[] {
  const given = text.split(",").map((name) => name.trim());
  const names = given.flatMap((name): readonly string[] => (name === DEFAULT ? DEFAULT_TRACKS : [name]));
  const wrong = names.find((name) => !TRACK_GROUPS.some((group) => group === name));
  if (wrong !== undefined) {
    throw new InvalidArgumentError(
      `There are no tracks "${wrong}". Allowed are ${TRACK_GROUPS.join(", ")}, ${DEFAULT}.`,
    );
  }
  return names as TrackGroup[];
}
