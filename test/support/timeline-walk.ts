import type { EventBlock } from "../../src/event/block.js";
import { EventKind } from "../../src/event/kind.js";
import { ProcState } from "../../src/event/states.js";

const K = EventKind;

/** A log: when, whose, category and message. */
export interface WalkedLog {
  readonly time: number;
  readonly goroutine: number;
  readonly category: string;
  readonly message: string;
}

/** What a timeline is to show of a trace, found by a walk over its events that shares no code with the sinks. */
export class TimelineWalk {
  /** Nanoseconds of finished waits that began within the trace, by reason. */
  readonly waits = new Map<string, number>();
  /** How often goroutines left a P, by reason. */
  readonly stops = new Map<string, number>();
  /** Nanoseconds that Ps were idle. */
  readonly idle = new Map<number, number>();
  readonly logs: WalkedLog[] = [];
  /** Where each task's arrow is from: the task above, if that is under way, else the goroutine that made it. */
  readonly made = new Map<number, string>();
  readonly labels: string[] = [];
  readonly swept = { slices: 0, swept: 0, reclaimed: 0 };
  /** Tasks and regions whose beginning or end is not in the trace. */
  readonly cut = { "began before the trace": 0, "goes on after the last event": 0 };
  readonly #waiting = new Map<number, readonly [since: number, reason: string]>();
  readonly #idleSince = new Map<number, number>();
  readonly #open = new Map<string, number>();
  #time = 0;

  block(block: EventBlock): void {
    for (let i = 0; i < block.length; i++) this.#event(block, i);
  }

  finish(): void {
    for (const proc of this.#idleSince.keys()) this.#endIdle(proc, this.#time);
    for (const open of this.#open.values()) this.cut["goes on after the last event"] += open;
  }

  #event(block: EventBlock, i: number): void {
    const time = block.time[i] as number;
    const subject = block.subject[i] as number;
    const text = block.generation?.strings.text(block.name[i] as number) ?? "";
    this.#time = time;
    switch (block.kind[i]) {
      case K.GoBlock:
        this.#waiting.set(subject, [time, text]);
        add(this.stops, text, 1);
        break;
      case K.GoStop:
        add(this.stops, text, 1);
        break;
      case K.GoUnblock:
      case K.GoSwitch:
        this.#endWait(subject, time);
        break;
      case K.ProcStart:
        this.#endIdle(subject, time);
        break;
      case K.ProcStop:
      case K.ProcSteal:
        if (block.from[i] === ProcState.Running) this.#idleSince.set(subject, time);
        break;
      case K.ProcStatus:
        if (block.from[i] === ProcState.Undetermined && block.to[i] === ProcState.Idle)
          this.#idleSince.set(subject, 0);
        break;
      case K.SweepEnd:
        this.swept.slices++;
        this.swept.swept += block.value[i] as number;
        this.swept.reclaimed += block.value2[i] as number;
        break;
      case K.GoLabel:
        if (text !== "") this.labels.push(text);
        break;
      case K.Log:
        this.#log(block, i, text);
        break;
      case K.TaskBegin:
        this.made.set(subject, this.#maker(block, i));
        this.#begin(`task ${subject}`);
        break;
      case K.TaskEnd:
        // A task that has begun in the trace may be ended once more; that is no other one, older than the trace.
        if ((this.#open.get(`task ${subject}`) ?? 0) > 0 || !this.made.has(subject))
          this.#end(`task ${subject}`);
        break;
      case K.RegionBegin:
        this.#begin(`region ${block.goroutine[i]} ${subject} ${text}`);
        break;
      case K.RegionEnd:
        this.#end(`region ${block.goroutine[i]} ${subject} ${text}`);
        break;
      case K.GoDestroy:
        this.#forget(`region ${subject} `);
        break;
    }
  }

  #log(block: EventBlock, i: number, category: string): void {
    const message = block.generation?.strings.text(block.text[i] as number) ?? "";
    const goroutine = block.goroutine[i] as number;
    this.logs.push({ time: block.time[i] as number, goroutine, category, message });
  }

  #endWait(goroutine: number, time: number): void {
    const [since, reason] = this.#waiting.get(goroutine) ?? [];
    this.#waiting.delete(goroutine);
    if (since !== undefined && reason !== undefined && reason !== "") add(this.waits, reason, time - since);
  }

  #endIdle(proc: number, time: number): void {
    const since = this.#idleSince.get(proc);
    this.#idleSince.delete(proc);
    if (since !== undefined) add(this.idle, proc, time - since);
  }

  #maker(block: EventBlock, i: number): string {
    const above = `task ${block.value[i]}`;
    return (this.#open.get(above) ?? 0) > 0 ? above : `goroutine ${block.goroutine[i]}`;
  }

  #begin(key: string): void {
    this.#open.set(key, (this.#open.get(key) ?? 0) + 1);
  }

  #end(key: string): void {
    const open = this.#open.get(key) ?? 0;
    if (open === 0) this.cut["began before the trace"]++;
    else this.#open.set(key, open - 1);
  }

  /** The regions of a goroutine end with it, whatever the trace says. */
  #forget(prefix: string): void {
    for (const key of this.#open.keys()) if (key.startsWith(prefix)) this.#open.delete(key);
  }
}

function add<Key>(sums: Map<Key, number>, key: Key, value: number): void {
  sums.set(key, (sums.get(key) ?? 0) + value);
}
