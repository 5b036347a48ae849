import type { Arg } from "../../trace-builder.js";
import { NO_PROC, V1TraceBuilder } from "../../trace-v1-builder.js";
import type { Random } from "../random.js";
import { type SimStack, stackText } from "../wire-tables.js";

/** Ticks a second: a whole number of nanoseconds a tick and not. */
const FREQUENCIES = [15_625_000, 1_000_000_000, 24_000_000, 3_000_000_000, 2_399_000_000, 1_000_000];
/** Ticks since the machine's start at the first event. */
const STARTS = [1_000, 5_000_000_000, 400_000_000_000_000];
/** Bytes after which a batch is closed; the runtime's limit is 64 KiB. */
const BATCH_SIZE = 50_000;
/** Formats before this have neither strings nor symbols, and number all events in one sequence. */
const FIRST_SYMBOLS = 7;
/** The first format whose runtimes may begin a batch for the tables. */
const FIRST_TABLE_BATCH = 11;
const FIRST_ADDRESS = 0x40_1000n;

/** When something happens. */
export interface Moment {
  /** Nanoseconds since the first event, as a reader computes them. */
  readonly time: number;
  readonly ticks: number;
  /** Number in the sequence of all events, which formats before 1.7 have. */
  readonly sequence: number;
}

/** A line of the program. */
export interface Place {
  readonly func: string;
  readonly file: string;
  readonly line: number;
}

/** The events of one P. */
interface Stream {
  readonly batches: Uint8Array[][];
  isOpen: boolean;
  size: number;
  ticks: number;
  sequence: number;
}

/** Writes what the Ps of a program record, as the runtimes of Go 1.5 to 1.21 do. */
export class V1Writer {
  readonly minor: number;
  /** What stands at an address of the program. */
  readonly symbols = new Map<bigint, Place>();
  readonly #random: Random;
  readonly #builder: V1TraceBuilder;
  readonly #frequency: number;
  readonly #start: number;
  readonly #streams = new Map<number, Stream>();
  readonly #strings = new Map<string, number>();
  /** Strings that no stream holds yet. */
  #newStrings: Uint8Array[] = [];
  readonly #stacks = new Map<string, { readonly id: number; readonly stack: SimStack }>();
  readonly #addresses = new Map<string, bigint>();
  #samples: Uint8Array[] = [];
  #sampleTicks = 0;
  #sequence = 0;

  constructor(random: Random, minor: number) {
    this.#random = random;
    this.minor = minor;
    this.#frequency = random.pick(FREQUENCIES);
    this.#start = random.pick(STARTS);
    this.#builder = new V1TraceBuilder(minor);
  }

  /** Id of a string; 0 is the empty one. */
  string(text: string): number {
    if (text === "" || this.minor < FIRST_SYMBOLS) return 0;
    let id = this.#strings.get(text);
    if (id === undefined) {
      id = this.#strings.size + 1;
      this.#strings.set(text, id);
      this.#newStrings.push(this.#builder.string(id, text));
    }
    return id;
  }

  /** Id of a stack; 0 is none. */
  stack(stack: SimStack): number {
    if (stack.length === 0) return 0;
    const key = stackText(stack);
    const known = this.#stacks.get(key) ?? { id: this.#stacks.size + 1, stack };
    this.#stacks.set(key, known);
    return known.id;
  }

  /** The address of a place, such as a function's entry. */
  address(place: string): bigint {
    const address = this.#addresses.get(place) ?? FIRST_ADDRESS + BigInt(16 * this.#addresses.size);
    this.#addresses.set(place, address);
    this.symbols.set(address, placeOf(place));
    return address;
  }

  /** The moment at or after a number of nanoseconds that the clock can tell. */
  moment(at: number): Moment {
    const nsPerTick = 1e9 / this.#frequency;
    let ticks = Math.max(Math.floor(at / nsPerTick) - 1, 0);
    while (Math.trunc(ticks * nsPerTick) < at) ticks++;
    return { time: Math.trunc(ticks * nsPerTick), ticks: this.#start + ticks, sequence: ++this.#sequence };
  }

  /** A P (−1 is none) records an event. @param text of a log */
  event(proc: number, moment: Moment, name: string, args: readonly Arg[], text?: string): void {
    const stream = this.#stream(proc);
    if (stream.size > BATCH_SIZE || this.#random.chance(0.02)) stream.isOpen = false;
    if (!stream.isOpen) this.#openBatch(proc, stream, moment);
    const ticks = moment.ticks - stream.ticks;
    const deltas = this.minor < FIRST_SYMBOLS ? [moment.sequence - stream.sequence, ticks] : [ticks];
    stream.ticks = moment.ticks;
    stream.sequence = moment.sequence;
    const all = [...deltas, ...args];
    const bytes = text === undefined ? this.#builder.event(name, ...all) : this.#builder.log(all, text);
    stream.size += bytes.length;
    stream.batches[stream.batches.length - 1]?.push(...this.#newStrings, bytes);
    this.#newStrings = [];
  }

  /** A CPU sample is taken on a P; goroutine 0 is none. The reader of samples writes them down later, apart. */
  sample(moment: Moment, proc: number, goroutine: number, stack: SimStack): void {
    const written = moment.ticks + this.#random.between(0, 1000);
    const delta = Math.max(written - this.#sampleTicks, 0);
    if (this.#sampleTicks === 0) this.#samples.push(this.#builder.batch(0, 0, written));
    const args = [this.#sampleTicks === 0 ? 0 : delta, moment.ticks, wireProc(proc), goroutine];
    this.#samples.push(this.#builder.event("CPUSample", ...args, this.stack(stack)));
    this.#sampleTicks = Math.max(written, this.#sampleTicks);
  }

  /** The whole trace. @param timers the goroutine of all timers, if there is one */
  bytes(timers: number | undefined): Uint8Array {
    const queues = [...this.#streams.values()].map(({ batches }) => batches);
    if (this.#samples.length > 0) queues.push([this.#samples]);
    while (queues.length > 0) {
      // Any order will do, as long as each P's batches keep theirs.
      const index = this.#random.between(0, queues.length - 1);
      const batch = queues[index]?.shift();
      if (batch === undefined) queues.splice(index, 1);
      else this.#builder.add(...batch);
    }
    const frequency = this.#builder.frequency(this.#frequency);
    const goroutine = timers === undefined ? [] : [this.#builder.timerGoroutine(timers)];
    const stacks = this.#stackTable();
    if (this.minor < FIRST_SYMBOLS) this.#builder.add(...stacks, frequency, ...goroutine);
    else this.#builder.add(frequency, ...goroutine, ...stacks);
    return this.#builder.bytes();
  }

  /** Strings and stacks, which runtimes write when a trace ends; newer ones into a batch of a P. */
  #stackTable(): Uint8Array[] {
    const isBatch = this.minor >= FIRST_TABLE_BATCH && this.#random.chance(0.5);
    const start = isBatch ? [this.#builder.batch(0, 0, this.#sampleTicks + this.#start)] : [];
    const stacks = [...this.#stacks.values()].flatMap(({ id, stack }) => {
      // Of calls the address to return to is recorded.
      const frames = stack.map((place) => {
        const { func, file, line } = placeOf(place);
        return [this.address(place) + 1n, this.string(func), this.string(file), line] as const;
      });
      const strings = this.#newStrings;
      this.#newStrings = [];
      return [...strings, this.#builder.stack(id, frames)];
    });
    return [...start, ...stacks];
  }

  #stream(proc: number): Stream {
    let stream = this.#streams.get(proc);
    if (stream === undefined) {
      stream = { batches: [], isOpen: false, size: 0, ticks: 0, sequence: 0 };
      this.#streams.set(proc, stream);
    }
    return stream;
  }

  #openBatch(proc: number, stream: Stream, { ticks, sequence }: Moment): void {
    stream.batches.push([this.#builder.batch(wireProc(proc), sequence, ticks)]);
    stream.isOpen = true;
    stream.size = 0;
    stream.ticks = ticks;
    stream.sequence = sequence;
  }
}

function wireProc(proc: number): Arg {
  return proc === -1 ? NO_PROC : proc;
}

function placeOf(text: string): Place {
  const [func = "", line = "0"] = text.split(":");
  return { func, file: `/src/${func}.go`, line: Number(line) };
}
