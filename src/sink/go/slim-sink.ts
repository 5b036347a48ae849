import { counted, grouped } from "../../base/grouped.js";
import { NONE } from "../../base/ids.js";
import type { ByteWriter } from "../../bytes/writer.js";
import { EventBlock } from "../../event/block.js";
import { copyEvent } from "../../event/copy-event.js";
import type { Generation } from "../../event/generation.js";
import { EventKind } from "../../event/kind.js";
import type { Omission, TraceSink } from "../trace-sink.js";
import { LONGEST_PAUSE } from "../yield-pause.js";
import type { GoSink } from "./go-sink.js";

const K = EventKind;
const YIELD = "runtime.Gosched";
const SWEEPER = "runtime.bgsweep";

/**
 * Leaves events out of a Go trace that most readers can spare:
 *
 * - Yields of the background sweeper of the GC, which asks every few hundred nanoseconds whether others want its P. They
 *   are up to six in ten events. Where it goes on at once on the same thread, its two runs become one. An event stays if
 *   the next one has the same timestamp: it comes a nanosecond later because of it.
 * - Events of allocations (the experiment AllocFree), of which a program may have millions.
 *
 * Stacks stay whole: without the frames beyond the sixteenth, a trace would be a thousandth smaller.
 */
export class SlimSink implements TraceSink {
  readonly #sink: GoSink;
  readonly #rest = new EventBlock();
  readonly #left = new Uint8Array(this.#rest.kind.length);
  readonly #sweeper = new SweeperStacks();
  #events = 0;
  #pauses = 0;
  #allocations = 0;

  constructor(sink: GoSink) {
    this.#sink = sink;
  }

  get output(): ByteWriter {
    return this.#sink.output;
  }

  get omissions(): readonly Omission[] {
    const count = 2 * this.#pauses + this.#allocations;
    const share = `${grouped(count)} of ${counted(this.#events, "event")} (${((100 * count) / Math.max(this.#events, 1)).toFixed(1)} %)`;
    const what = [
      this.#pauses > 0 &&
        counted(
          this.#pauses,
          "yield of the GC's background sweeper",
          "yields of the GC's background sweeper",
        ),
      this.#allocations > 0 && counted(this.#allocations, "event of allocations", "events of allocations"),
    ].filter((text) => text !== false);
    const text = `left out by --slim: ${what.length === 0 ? "nothing" : `${share}: ${what.join(", ")}`}`;
    const cause = this.#allocations > 0 ? "allocations" : "yields";
    return [{ text, cause }, ...this.#sink.omissions];
  }

  start(base: number): void {
    this.#sink.start(base);
  }

  events(block: EventBlock): void {
    this.#events += block.kind[0] === K.Sync ? block.length - 1 : block.length;
    const left = this.#mark(block);
    this.#sink.events(left === 0 ? block : this.#without(block));
  }

  end(): void {
    this.#sink.end();
  }

  /** Marks the events to leave out. @returns how many */
  #mark(block: EventBlock): number {
    const { kind, length, subject, thread, time, storedTime, generation } = block;
    if (generation === undefined || generation.isSnapshot) return 0;
    this.#sweeper.enter(generation);
    this.#left.fill(0, 0, length);
    const isFree = (i: number) => i < length && time[i] === storedTime[i];
    let count = 0;
    // The last yield, while neither its thread nor the sweeper, of which there is one, has another event.
    let last = NONE;
    for (let i = 0; i < length; i++) {
      if ((kind[i] as number) >= K.Span) {
        this.#left[i] = 1;
        this.#allocations++;
        count++;
      } else if (last >= 0 && (thread[i] === thread[last] || subject[i] === subject[last])) {
        const pause = (time[i] as number) - (time[last] as number);
        const goesOn = kind[i] === K.GoStart && subject[i] === subject[last] && thread[i] === thread[last];
        const isAlone = (last + 1 === i || isFree(last + 1)) && isFree(i + 1);
        if (goesOn && pause <= LONGEST_PAUSE && isAlone) {
          this.#left[last] = this.#left[i] = 1;
          this.#pauses++;
          count += 2;
        }
        last = NONE;
      } else if (kind[i] === K.GoStop && this.#sweeper.yields(block, i)) last = i;
    }
    return count;
  }

  /** The block without the marked events. */
  #without(block: EventBlock): EventBlock {
    const rest = this.#rest;
    let length = 0;
    for (let i = 0; i < block.length; i++) if (this.#left[i] === 0) copyEvent(block, i, rest, length++);
    rest.length = length;
    rest.generation = block.generation;
    return rest;
  }
}

/** Knows by their reason and stack which stops are yields of the background sweeper. */
class SweeperStacks {
  #generation: Generation | undefined;
  /** By index of a stack: whether the sweeper began it. */
  readonly #known = new Map<number, boolean>();
  /** The index of the reason. */
  #reason: number = NONE;

  enter(generation: Generation): void {
    if (generation === this.#generation) return;
    this.#generation = generation;
    this.#known.clear();
    this.#reason = NONE;
  }

  yields({ name, stack }: EventBlock, i: number): boolean {
    const reason = name[i] as number;
    if (reason !== this.#reason) {
      if (this.#generation?.strings.text(reason) !== YIELD) return false;
      this.#reason = reason;
    }
    const index = stack[i] as number;
    let isSweeper = this.#known.get(index);
    if (isSweeper === undefined) {
      isSweeper = this.#generation?.stacks.frames(index).at(-1)?.func === SWEEPER;
      this.#known.set(index, isSweeper);
    }
    return isSweeper;
  }
}
