import type { ByteWriter } from "../../bytes/writer.js";
import type { EventBlock } from "../../event/block.js";
import type { Generation } from "../../event/generation.js";
import { EventKind, isCreation, isMetric, isProgramRange, isScheduling } from "../../event/kind.js";
import { Wrappers } from "../../sched/wrappers.js";
import { leftOutForViewer, metadataOf, shortSlices, wallAt } from "../metadata.js";
import type { Omission, Steps, TraceSink, TraceSummary } from "../trace-sink.js";
import { Coroutines } from "./coroutines.js";
import { type EventOutput, leanOutput } from "./event-output.js";
import { Lanes } from "./lanes.js";
import { Lives } from "./lives.js";
import { choicesOf, type PerfettoChoices, type PerfettoOptions } from "./options.js";
import { PacketWriter } from "./packets.js";
import { RuntimeCounters } from "./runtime-counters.js";
import { RuntimeSlices } from "./runtime-slices.js";
import { SampleQueue } from "./samples.js";
import { SchedTables } from "./sched-tables.js";
import { Threads } from "./threads.js";
import { describeTracks, EARLIER, writeClocks, writeMetadata } from "./tracks.js";
import { Yields } from "./yields.js";

const K = EventKind;

/** Times up to here stay exact when the trace's absolute start is added to them. */
const EXACT_BASE = 2 ** 52;
/**
 * Start, in the file, of a trace whose own start is not exact or too close to 0 for slices that are older. Traces
 * before Go 1.22 have no absolute times.
 */
const MADE_UP_BASE = 1_000;
/** What a lean file lacks. */
export const LEFT_OUT = "slices, stacks and arrows";
/** An upper bound of the bytes of the metadata and the ends of this sink's slices. */
const END_BYTES = 4096;

/** The start of a trace in the file, by its own absolute time. */
export function baseInFile(base: number): number {
  return base >= MADE_UP_BASE && base < EXACT_BASE ? base : MADE_UP_BASE;
}

/** The parts of a file that the timeline shares. */
export interface LeanParts<Output extends EventOutput = EventOutput> {
  readonly packets: PacketWriter;
  readonly threads: Threads;
  readonly slices: RuntimeSlices;
  readonly output: Output;
  readonly yields: Yields;
  readonly lanes: Lanes;
  readonly lives: Lives;
  /** Absolute time of the start of the trace in the file. */
  readonly base: number;
  /** Wall clock at the start of the trace, if known. */
  readonly wall: bigint | undefined;
}

/** Opens the output for slices and instants. */
export type OpenOutput<Output extends EventOutput> = (packets: PacketWriter, base: number) => Output;

/**
 * Writes the minimum that shows how goroutines were scheduled: Perfetto's own scheduling tables with
 * goroutines as threads and Ps as CPUs, counters, GC, stop-the-world and CPU samples.
 */
export class LeanSink implements TraceSink {
  /** Whether this sink writes the slices of the "Go runtime" group, and not the timeline. */
  hasSlices: boolean;
  /** The same for the slices of goroutines that share rows. */
  hasLives = true;
  readonly #packets = new PacketWriter();
  readonly #counters = new RuntimeCounters();
  readonly #title: string;
  readonly #choices: PerfettoChoices;
  readonly #omissions: Omission[] = [];
  /** Undefined unless requested. */
  #samples: SampleQueue | undefined;
  #threads!: Threads;
  #isAlone = true;
  #sched!: SchedTables;
  readonly #yields: Yields;
  readonly #wrappers: Wrappers;
  readonly #coroutines = new Coroutines();
  readonly #lanes: Lanes;
  #lives!: Lives;
  #slices!: RuntimeSlices;
  #output!: EventOutput;
  #wall: bigint | undefined;
  #base = Number.NaN;
  #time = 0;

  /** @param title name of the trace */
  constructor(title: string, options: PerfettoOptions = {}) {
    this.#title = title;
    this.#choices = choicesOf(options);
    this.hasSlices = this.#choices.tracks.has("gc");
    this.#yields = new Yields(this.#choices.keepYields);
    this.#wrappers = new Wrappers(this.#choices.wrappers);
    this.#lanes = new Lanes(this.#choices.lanes, this.#wrappers, this.#coroutines);
  }

  get output(): ByteWriter {
    return this.#packets.out;
  }

  get pending(): number {
    const counters = this.#choices.tracks.has("counters") ? this.#counters.pending : 0;
    return this.#sched.pending + counters + END_BYTES;
  }

  get goroutines(): number {
    return this.#sched.rows;
  }

  get omissions(): readonly Omission[] {
    return this.#omissions;
  }

  start(base: number, generation: Generation, from = 0): void {
    this.begin(base, generation, from, false, (packets, written) =>
      leanOutput(packets, written, this.#choices, this.#title),
    );
    const { whyLean } = this.#choices;
    if (whyLean !== undefined) this.omit(0, leftOutForViewer(LEFT_OUT, whyLean));
  }

  /**
   * Starts the file for a sink that adds more to it.
   * @param from where a part begins in the whole trace, whose times it keeps
   * @param withTracks whether threads get tracks for slices
   */
  begin<Output extends EventOutput>(
    base: number,
    generation: Generation,
    from: number,
    withTracks: boolean,
    open: OpenOutput<Output>,
  ): LeanParts<Output> {
    const packets = this.#packets;
    const choices = this.#choices;
    const written = baseInFile(base - from) + from;
    const told = wallAt(base, generation.wallClock);
    // Only a damaged trace is of the first microseconds of 1970; what is older than it needs times before.
    const wall = told !== undefined && told >= EARLIER ? told : undefined;
    writeClocks(packets, written, wall);
    describeTracks(packets, choices.tracks);
    const output = open(packets, written);
    const slices = new RuntimeSlices(output);
    slices.note(0, this.#title, output.firstStack);
    const threads = new Threads(packets, written, choices.group, withTracks);
    if (choices.tracks.has("samples"))
      this.#samples = new SampleQueue(packets, threads, written, output.sampleStacks);
    this.#threads = threads;
    this.#isAlone = !withTracks;
    this.#sched = new SchedTables(packets, threads, written, this.#wrappers, this.#coroutines);
    this.#slices = slices;
    this.#output = output;
    this.#wall = wall;
    this.#base = written;
    const yields = this.#yields;
    const lanes = this.#lanes;
    const lives = new Lives(output.events, output.interning);
    this.#lives = lives;
    return { packets, threads, slices, output, yields, lanes, lives, base: written, wall };
  }

  /** Records in the file what is omitted from here on. */
  omit(time: number, omission: Omission): void {
    this.#omissions.push(omission);
    this.#slices.note(time, omission.text);
  }

  /** Takes a block before anything of it is written. Whoever began the file for itself calls this. */
  prepare(block: EventBlock): void {
    this.#yields.block(block);
    this.#lanes.block(block);
  }

  events(block: EventBlock): undefined {
    if (this.#isAlone) this.prepare(block);
    this.#sched.block(block, this.#yields.resumes, this.#lanes.tids);
    if (this.hasLives) this.#changeLives(block);
    this.#counters.transitions(block);
    this.#others(block);
    this.#samples?.flush();
    // Otherwise the timeline does so.
    if (this.#isAlone) this.#threads.forgetEnded();
    this.#time = block.time[block.length - 1] as number;
  }

  #changeLives(block: EventBlock): void {
    const { tids, changes, changesLength } = this.#lanes;
    const { kind, time, subject, goroutine, subjectStack, generation } = block;
    for (let n = 0; n < changesLength; n++) {
      const i = changes[n] as number;
      const lane = tids[i] as number;
      const at = time[i] as number;
      if (isCreation(kind[i] as number)) {
        const func = generation?.stacks.startFunction(subjectStack[i] as number) ?? "";
        const name = this.#lives.nameOfAll(this.#coroutines.nameOf(block, i) || func);
        this.#lives.begin(lane, at, name, subject[i] as number, goroutine[i] as number);
      } else this.#lives.end(lane, at);
    }
  }

  /** The rarer events: statuses, those of Ps, ranges and metrics. */
  #others(block: EventBlock): void {
    const { others, othersLength } = this.#sched;
    for (let n = 0; n < othersLength; n++) {
      const i = others[n] as number;
      const k = block.kind[i] as number;
      if (isScheduling(k) || isMetric(k)) this.#counters.event(block, i);
      else if (isProgramRange(k) && this.hasSlices) this.#slices.event(block, i, 0);
      else if (k === K.CpuSample) this.#samples?.event(block, i);
    }
  }

  *end(summary: TraceSummary): Steps {
    yield* this.#sched.finish(this.#time);
    this.#lives.finish(this.#time, this.#lanes.used());
    this.#samples?.finish();
    this.#threads.flush();
    if (this.#choices.tracks.has("counters")) this.#counters.write(this.#packets, this.#base);
    this.#slices.finish(this.#time);
    for (const text of summary.lost) this.#slices.note(this.#time, `incomplete: ${text}`);
    this.#omitShort();
    writeMetadata(this.#packets, metadataOf(this.#title, this.#wall, summary, this.#omissions));
  }

  #omitShort(): void {
    const { omitted } = this.#output.events;
    if (omitted === 0) return;
    this.omit(this.#time, shortSlices(omitted, this.#choices.minDuration));
  }
}
