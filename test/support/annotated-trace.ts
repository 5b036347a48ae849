import { BatchWriter, runningThread } from "./batch-writer.js";
import { TraceBuilder, wireString } from "./trace-builder.js";

/** Nanoseconds between events. */
const STEP = 1000;

/** A made-up trace of goroutines with tasks, regions and logs, each on a thread of its own. */
export class AnnotatedTrace {
  readonly #trace = new TraceBuilder(25).sync(1_700_000_000);
  readonly #threads = new Map<number, BatchWriter>();
  readonly #strings: (string | Uint8Array)[] = [];
  #time = 100;
  #bytes: Uint8Array | undefined;

  constructor() {
    this.#threads.set(1, runningThread(this.#trace));
  }

  begin(goroutine: number, task: number, parent: number, type: string): this {
    return this.#event(goroutine, "UserTaskBegin", task, parent, this.#string(type), 0);
  }

  end(goroutine: number, task: number): this {
    return this.#event(goroutine, "UserTaskEnd", task, 0);
  }

  enter(goroutine: number, task: number, type: string): this {
    return this.#event(goroutine, "UserRegionBegin", task, this.#string(type), 0);
  }

  exit(goroutine: number, task: number, type: string): this {
    return this.#event(goroutine, "UserRegionEnd", task, this.#string(type), 0);
  }

  log(goroutine: number, task: number, key: string, message: string | Uint8Array): this {
    return this.#event(goroutine, "UserLog", task, this.#string(key), this.#string(message), 0);
  }

  /** Another goroutine is created, which never runs. */
  create(goroutine: number, created: number): this {
    return this.#event(goroutine, "GoCreate", created, 0, 0);
  }

  /** The GC is said to be active, or ends. @param sequence of all events of the GC */
  gc(goroutine: number, what: "Active" | "End", sequence: number): this {
    return this.#event(goroutine, `GC${what}`, sequence);
  }

  /** What follows is in a later second, which is read, and its spans exported, after what is so far. */
  nextGeneration(): this {
    this.#close();
    this.#trace.nextGeneration().sync(1_700_000_001);
    for (const goroutine of [...this.#threads.keys()]) this.#threads.set(goroutine, this.#thread(goroutine));
    return this;
  }

  /** The whole trace; nothing may follow. */
  bytes(): Uint8Array {
    if (this.#bytes === undefined) this.#close();
    this.#bytes ??= this.#trace.bytes();
    return this.#bytes;
  }

  #close(): void {
    for (const thread of this.#threads.values()) thread.end();
    this.#trace.strings(...this.#strings.map((text, i) => wireString(i + 1, text)));
  }

  #thread(goroutine: number): BatchWriter {
    const thread = new BatchWriter(this.#trace, goroutine === 1 ? 7 : 100 + goroutine, this.#time - 3);
    return thread
      .event("ProcStatus", 1, goroutine - 1, 1)
      .event("GoStatus", 1, goroutine, goroutine === 1 ? 7 : 100 + goroutine, 2);
  }

  #event(goroutine: number, name: string, ...args: readonly number[]): this {
    let thread = this.#threads.get(goroutine);
    if (thread === undefined) {
      thread = this.#thread(goroutine);
      this.#threads.set(goroutine, thread);
    }
    this.#time += STEP;
    thread.event(name, this.#time - thread.time, ...args);
    return this;
  }

  #string(text: string | Uint8Array): number {
    const known = this.#strings.indexOf(text);
    return known >= 0 ? known + 1 : this.#strings.push(text);
  }
}
