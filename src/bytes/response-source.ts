import type { IncomingMessage } from "node:http";
import { TraceError } from "../base/errors.js";
import { counted } from "../base/grouped.js";
import { startTimer } from "../base/timer.js";
import type { CaptureSource } from "./byte-source.js";

/** Unread bytes at which the response pauses, which makes the server wait. */
const ENOUGH = 1 << 20;
/** Matches the start of traces whose runtime writes something every second. */
const WRITES_EVERY_SECOND = /^go 1\.(2[2-9]|[3-9]\d) trace/;
const START = 16;

/** Timeouts without data from the server, in milliseconds. */
export interface Patience {
  /** Always applies. */
  readonly silence: number;
  /**
   * The capture time. Servers of Go before 1.22 may send nothing during it, and a proxy before a newer one
   * may buffer its data.
   */
  readonly capture: number;
}

/**
 * The body of an HTTP response, as it arrives. If the connection breaks or the server falls silent, the
 * source yields everything that has arrived, then throws a TraceError `connection-lost`.
 */
export class ResponseSource implements CaptureSource {
  readonly #response: IncomingMessage;
  readonly #patience: Patience;
  readonly #start = performance.now();
  readonly #waiting: Uint8Array[] = [];
  #waitingBytes = 0;
  #arrivedBytes = 0;
  #writesEverySecond = false;
  #ended = false;
  #failure: TraceError | undefined;
  /** Wakes the reader that waits for bytes. */
  #wake: (() => void) | undefined;

  constructor(
    readonly name: string,
    response: IncomingMessage,
    patience: Patience,
  ) {
    this.#response = response;
    this.#patience = patience;
    response.on("data", (chunk: Uint8Array) => this.#arrive(chunk));
    response.on("end", () => this.#end());
    // Without a listener, an error of a response that nobody awaits would end the process.
    response.on("error", (error) => this.#lose("the connection broke", error));
    response.on("close", () => this.#lose("the connection broke"));
    // When such a connection ends, Node reports the end of a body without a Content-Length.
    response.socket.on("error", (error) => this.#lose("the connection broke", error));
  }

  /** From Content-Length; undefined if there is none, as for a capture. */
  get size(): number | undefined {
    const { "content-length": length, "content-encoding": encoding } = this.#response.headers;
    return length === undefined || (encoding || "identity") !== "identity" ? undefined : Number(length);
  }

  /** Call it once. */
  async *chunks(): AsyncGenerator<Uint8Array, void, undefined> {
    try {
      for (let chunk = await this.#next(); chunk !== undefined; chunk = await this.#next()) yield chunk;
      if (this.#failure !== undefined) throw this.#failure;
    } finally {
      this.close();
    }
  }

  /** Ends the capture. The source yields what has arrived, then throws a TraceError `capture-stopped`. */
  stop(): void {
    if (this.#ended) return;
    this.#takeRest();
    this.#end(new TraceError("capture-stopped", `the capture was stopped after ${this.#amount()}`));
  }

  /** Discards unread bytes. It may be called more than once. */
  close(): void {
    this.#end();
    this.#response.destroy();
  }

  async #next(): Promise<Uint8Array | undefined> {
    while (this.#waiting.length === 0 && !this.#ended) await this.#arrival();
    const chunk = this.#waiting.shift();
    this.#waitingBytes -= chunk?.length ?? 0;
    if (this.#waitingBytes < ENOUGH && this.#response.isPaused()) this.#response.resume();
    return chunk;
  }

  /** Waits until data arrives, or the response ends. */
  #arrival(): Promise<void> {
    return new Promise((resolve) => {
      const limit = this.#silenceNow();
      const timer = startTimer(() => this.#lose(`nothing came for ${Math.round(limit / 100) / 10} s`), limit);
      this.#wake = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }

  #silenceNow(): number {
    const { silence, capture } = this.#patience;
    if (this.#writesEverySecond) return silence;
    return silence + Math.max(capture - (performance.now() - this.#start), 0);
  }

  #arrive(chunk: Uint8Array): void {
    if (this.#arrivedBytes === 0) {
      this.#writesEverySecond = WRITES_EVERY_SECOND.test(String.fromCharCode(...chunk.subarray(0, START)));
    }
    this.#waiting.push(chunk);
    this.#waitingBytes += chunk.length;
    this.#arrivedBytes += chunk.length;
    if (this.#waitingBytes >= ENOUGH) this.#response.pause();
    this.#wake?.();
  }

  /** Takes the bytes that a paused response still holds, because they would be lost with it. */
  #takeRest(): void {
    // Listeners would receive the read bytes a second time.
    this.#response.removeAllListeners("data");
    for (let chunk = this.#response.read(); chunk !== null; chunk = this.#response.read())
      this.#arrive(chunk);
  }

  #lose(how: string, cause?: Error): void {
    if (this.#ended) return;
    this.#takeRest();
    const error = new TraceError("connection-lost", `${how}, after ${this.#amount()}`);
    error.cause = cause;
    this.#end(error);
  }

  #end(failure?: TraceError): void {
    if (this.#ended) return;
    this.#ended = true;
    this.#failure = failure;
    if (failure !== undefined) this.#response.destroy();
    this.#wake?.();
  }

  #amount(): string {
    return counted(this.#arrivedBytes, "byte");
  }
}
