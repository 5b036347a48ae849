import type { Trace } from "../../order/trace.js";
import type { CommonOptions } from "../options/common.js";
import { showsStatus } from "../process/messages.js";
import type { Input } from "./input.js";

/** Milliseconds before the bar appears. */
const QUIET_TIME = 1000;
const INTERVAL = 200;

/** Shows the progress of reading on a terminal, if reading takes long. */
export class Progress {
  readonly #trace: Trace;
  readonly #size: number | undefined;
  readonly #enabled: boolean;
  readonly #start = performance.now();
  #next = this.#start + QUIET_TIME;
  #bar: { update(value: number, payload: object): void; stop(): void } | undefined;
  #opening = false;
  #stopped = false;

  constructor({ trace, size }: Input, options: CommonOptions) {
    this.#trace = trace;
    this.#size = size;
    this.#enabled = options.progress !== false && !options.quiet && process.stderr.isTTY === true;
  }

  /** May be called often: it redraws a few times a second. */
  update(events: number): void {
    const now = performance.now();
    if (!this.#enabled || now < this.#next) return;
    this.#next = now + INTERVAL;
    if (this.#bar === undefined) void this.#open();
    const rate = (events / ((now - this.#start) * 1000)).toFixed(1);
    this.#bar?.update(this.#trace.bytesRead / 1e6, { events: (events / 1e6).toFixed(1), rate });
  }

  /** May be called more than once. */
  stop(): void {
    this.#stopped = true;
    this.#bar?.stop();
    showsStatus(false);
  }

  async #open(): Promise<void> {
    if (this.#opening) return;
    this.#opening = true;
    const { SingleBar } = await import("cli-progress");
    // Nothing would stop a bar that starts now, and it would keep the process alive.
    if (this.#stopped) return;
    const known = this.#size !== undefined;
    const format = known
      ? " {bar} {percentage}% | {value} of {total} MB | {events} M events, {rate} M/s | {eta_formatted} left"
      : " {value} MB | {events} M events, {rate} M/s";
    const bar = new SingleBar({ format, stream: process.stderr, clearOnComplete: true, hideCursor: true });
    showsStatus(true);
    bar.start(Math.ceil((this.#size ?? 0) / 1e6), 0, { events: 0, rate: 0 });
    this.#bar = {
      update: (value, payload) => bar.update(Math.round(value), payload),
      stop: () => bar.stop(),
    };
    // A signal ends the process anywhere. The cursor must be visible again.
    process.once("exit", () => this.stop());
  }
}
