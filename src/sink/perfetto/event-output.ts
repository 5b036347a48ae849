import { NO_STACKS, type StackTable } from "../stack-numbers.js";
import { Callstacks, StackTexts } from "./callstacks.js";
import { Interning } from "./interning.js";
import { LongSlices } from "./long-slices.js";
import type { PerfettoChoices } from "./options.js";
import { type PacketWriter, Sequence } from "./packets.js";
import { SAMPLE_DEFAULTS } from "./samples.js";
import { type TimelineNames, timelineNames } from "./timeline-names.js";
import { TrackEventWriter } from "./track-events.js";
import { startSequence } from "./tracks.js";

/** What slices and instants are written with. They share one packet sequence. */
export interface EventOutput {
  readonly events: TrackEventWriter;
  readonly interning: Interning;
  readonly stacks: StackTable;
  /** Number of the stack of the file's first event; 0: none. */
  readonly firstStack: number;
  /** Gives the stacks of samples, even if slices have none. */
  readonly sampleStacks: () => Callstacks;
}

/** The same for a full conversion. */
export interface TimelineOutput extends EventOutput {
  readonly names: TimelineNames;
  readonly callstacks: Callstacks;
  /** Name of the trace. */
  readonly program: string;
}

/**
 * For a lean conversion, in which only samples have stacks.
 * @param base absolute time of the start of the trace
 * @param program name of the trace
 */
export function leanOutput(
  packets: PacketWriter,
  base: number,
  choices: PerfettoChoices,
  program: string,
): EventOutput {
  startSequence(packets, Sequence.Timeline, base, { perf_sample_defaults: SAMPLE_DEFAULTS });
  const interning = new Interning(packets, Sequence.Timeline);
  let made: Callstacks | undefined;
  const sampleStacks = () => {
    if (made !== undefined) return made;
    made = new Callstacks(interning, program);
    // For the reason of `firstStack` below.
    made.single(program);
    return made;
  };
  return {
    events: eventWriter(packets, base, choices),
    interning,
    stacks: NO_STACKS,
    firstStack: 0,
    sampleStacks,
  };
}

/** For a full conversion. @param program name of the trace */
export function timelineOutput(
  packets: PacketWriter,
  base: number,
  choices: PerfettoChoices,
  program: string,
): TimelineOutput {
  startSequence(packets, Sequence.Timeline, base, { perf_sample_defaults: SAMPLE_DEFAULTS });
  const interning = new Interning(packets, Sequence.Timeline);
  const names = timelineNames(interning);
  const callstacks = new Callstacks(interning, program);
  const events = eventWriter(packets, base, choices);
  const { stacks: mode } = choices;
  if (mode === "annotation") {
    events.stackName = names.stack;
    events.endStackName = names.endStack;
  }
  const stacks =
    mode === "callstack" ? callstacks : mode === "annotation" ? new StackTexts(interning) : NO_STACKS;
  // The viewer shows the first frame of the file in every stack, so it must fit all of them: the program.
  const firstStack = mode === "callstack" ? callstacks.single(program) : 0;
  return {
    events,
    interning,
    stacks,
    firstStack,
    names,
    callstacks,
    sampleStacks: () => callstacks,
    program,
  };
}

function eventWriter(
  packets: PacketWriter,
  base: number,
  { minDuration }: PerfettoChoices,
): TrackEventWriter {
  return minDuration > 0 ? new LongSlices(packets, base, minDuration) : new TrackEventWriter(packets, base);
}
