import type { EventBlock } from "../../event/block.js";
import { EventKind } from "../../event/kind.js";
import { SliceName } from "../slice-names.js";
import type { EventOutput } from "./event-output.js";
import { tables } from "./interning.js";
import { cutNames } from "./timeline-names.js";
import { EventType } from "./track-event-bytes.js";
import { Track } from "./tracks.js";

const { Begin, End, Instant } = EventType;
const NAMES = tables("name");

/** The slices of the "Go runtime" group: GC cycles and stop-the-world. */
export class RuntimeSlices {
  readonly #out: EventOutput;
  readonly #category: number;
  readonly #goroutine: number;
  readonly #gc: number;
  readonly #cut: ReturnType<typeof cutNames>;
  #gcRunning = false;
  /** Open stop-the-world ranges. */
  #stops = 0;

  constructor(out: EventOutput) {
    this.#out = out;
    this.#category = out.interning.text("category", "go.gc");
    this.#goroutine = out.interning.text("annotation", "goroutine");
    this.#gc = out.interning.text("name", SliceName.Gc);
    this.#cut = cutNames(out.interning);
  }

  /** Writes a note about the whole trace. @param stack number of a stack; 0: none */
  note(time: number, text: string, stack = 0): void {
    const { events, interning } = this.#out;
    events.stack = stack;
    events.write(Instant, time, Track.Trace, interning.once(NAMES, text));
  }

  /** Ends open slices at the end of the trace. */
  finish(time: number): void {
    const { events } = this.#out;
    const { cut, noEnd } = this.#cut;
    if (this.#gcRunning) events.annotate(cut, noEnd);
    this.#gcEnd(time);
    for (let i = this.#stops; i > 0; i--) {
      events.annotate(cut, noEnd);
      this.#end(time, Track.StopTheWorld);
    }
  }

  /**
   * Takes an event of the GC or a stop-the-world.
   * @param by number of a text that names the goroutine which does it; 0 is none
   */
  event(block: EventBlock, i: number, by: number): void {
    const kind = block.kind[i] as number;
    const time = block.time[i] as number;
    switch (kind) {
      case EventKind.StwBegin:
        this.#stops++;
        if (block.generation?.isSnapshot) this.#out.events.annotate(this.#cut.cut, this.#cut.noBeginning);
        this.#begin(time, Track.StopTheWorld, this.#stopName(block, i), this.#stack(block, i), by);
        break;
      case EventKind.StwEnd:
        // One that began before the trace has no slice to end.
        if (this.#stops > 0) this.#end(time, Track.StopTheWorld);
        this.#stops = Math.max(this.#stops - 1, 0);
        break;
      case EventKind.GcEnd:
        this.#gcEnd(time);
        break;
      case EventKind.GcBegin:
        this.#gcBegin(time, this.#stack(block, i), by);
        break;
      default:
        // In the first generation an active GC may be older than the trace. In later ones it is known.
        if (!this.#gcRunning) this.#out.events.annotate(this.#cut.cut, this.#cut.noBeginning);
        this.#gcBegin(0, 0, 0);
    }
  }

  #gcBegin(time: number, stack: number, by: number): void {
    if (!this.#gcRunning) this.#begin(time, Track.Gc, this.#gc, stack, by);
    this.#gcRunning = true;
  }

  #gcEnd(time: number): void {
    if (this.#gcRunning) this.#end(time, Track.Gc);
    this.#gcRunning = false;
  }

  #begin(time: number, track: number, name: number, stack: number, by: number): void {
    const { events } = this.#out;
    events.category = this.#category;
    events.stack = stack;
    events.annotate(this.#goroutine, by);
    events.write(Begin, time, track, name);
  }

  #end(time: number, track: number): void {
    this.#out.events.write(End, time, track, 0);
  }

  #stack(block: EventBlock, i: number): number {
    return this.#out.stacks.of(block.stack[i] as number);
  }

  #stopName(block: EventBlock, i: number): number {
    const kind = block.generation?.strings.text(block.name[i] as number);
    return this.#out.interning.text("name", `stop-the-world (${kind})`);
  }
}
