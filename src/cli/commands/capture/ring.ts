import { formatDuration } from "../../../base/duration.js";
import { byteSize, counted } from "../../../base/grouped.js";
import { startTimer } from "../../../base/timer.js";
import type { ByteSource, CaptureSource } from "../../../bytes/byte-source.js";
import { urlName } from "../../../bytes/url-name.js";
import type { Limit } from "../../../figures/limit.js";
import { traceAdvice } from "../../../report/reading-messages.js";
import { HEADER_LENGTH } from "../../../wire/format.js";
import { through } from "../../connection/proxy-choice.js";
import { lengthText, type PreparedCapture } from "../../input/capture.js";
import { openOutput } from "../../output/open-output.js";
import { nameAll } from "../../output/output.js";
import { ExitCode } from "../../process/exit-codes.js";
import { Failure } from "../../process/failure.js";
import type { Messages } from "../../process/messages.js";
import { onStop } from "../../process/signals.js";
import { type Arrival, copyTrace, openedTrace } from "./arrival.js";
import { Judge } from "./judge.js";
import type { RingFile, RingFolder } from "./ring-folder.js";

const NS_PER_MS = 1e6;

export interface RingOptions {
  /** Nanoseconds from the start of a capture to the start of the next. */
  readonly every: number;
  /** Bytes at which a capture is ended. */
  readonly most: number;
  /** A capture is kept if one of these holds, or if there are none. */
  readonly when: readonly Limit[];
}

/** A number of captures, by what became of them. */
const KINDS = {
  taken: "captured",
  unwanted: "not kept by --when",
  unchecked: "ended before --when was checked",
  deleted: "deleted as the oldest",
  cut: "incomplete",
  missed: "missed",
} as const;

/**
 * Captures a program again and again, until a signal. A capture is a temporary file until it is known that it is kept.
 * Later captures that fail are counted and tried again; the first must work, because a mistake in the URL would
 * otherwise be told after hours. A signal ends the capture under way, which keeps what arrived, unless --when is to
 * judge it.
 */
export class Ring {
  readonly #request: PreparedCapture;
  readonly #folder: RingFolder;
  readonly #options: RingOptions;
  readonly #messages: Messages;
  readonly #name: string;
  readonly #judge: Judge | undefined;
  readonly #counts: Record<keyof typeof KINDS, number> = {
    taken: 0,
    unwanted: 0,
    unchecked: 0,
    deleted: 0,
    cut: 0,
    missed: 0,
  };
  /** Captures that were missed since the last one that was not. */
  #missing = 0;
  /** Ends waiting for an answer, or for the next turn. */
  readonly #stopping = new AbortController();
  /** The capture under way. */
  #source: CaptureSource | undefined;
  #isJudging = false;

  constructor(request: PreparedCapture, folder: RingFolder, options: RingOptions, messages: Messages) {
    this.#request = request;
    this.#folder = folder;
    this.#options = options;
    this.#messages = messages;
    this.#name = urlName(request.asked);
    this.#judge = options.when.length === 0 ? undefined : new Judge(options.when, messages);
  }

  /** It ends with a signal only. @throws Failure if the first capture fails, or a file cannot be written */
  async run(): Promise<never> {
    const { asked, proxy } = this.#request;
    const every = formatDuration(this.#options.every);
    this.#messages.info(
      `capturing ${this.#name}${through(proxy)}${lengthText(asked)} every ${every} into ${this.#folder.path}; Ctrl-C ends it`,
    );
    const turns = this.#turns();
    const forget = onStop(() => this.#stop(turns));
    await turns.finally(forget);
    // The signal's handler ends the process.
    return new Promise<never>(() => undefined);
  }

  get #isStopping(): boolean {
    return this.#stopping.signal.aborted;
  }

  async #turns(): Promise<void> {
    let next = performance.now();
    while (!this.#isStopping) {
      await this.#turn();
      // A capture that takes longer than the interval is followed by the next at once.
      next = Math.max(next + this.#options.every / NS_PER_MS, performance.now());
      await this.#until(next);
    }
  }

  async #turn(): Promise<void> {
    const trace = await this.#opened();
    if (trace === undefined) return;
    const path = await this.#folder.next();
    const output = await openOutput(path).catch(async (error: unknown) => {
      await trace.close?.();
      throw error;
    });
    try {
      const arrival = await copyTrace(trace, output, this.#options.most);
      this.#counts.taken++;
      const file = await output.seal();
      const reason = await this.#reasonToKeep(file?.path ?? path, arrival);
      if (reason === undefined) return await output.discard();
      nameAll([{ name: path, file }]);
      this.#tell(path, arrival, reason);
    } catch (error) {
      await output.discard();
      throw error;
    }
    this.#counts.deleted += await this.#folder.prune();
  }

  /** Asks for a trace. @returns undefined if there is none this time @throws Failure if it is the first */
  async #opened(): Promise<ByteSource | undefined> {
    try {
      this.#source = await this.#request.open(this.#stopping.signal);
      if (this.#isStopping) this.#source.stop();
      const trace = await openedTrace(this.#source, this.#name);
      if (this.#missing > 0) this.#messages.info(`${this.#name} answers again: ${this.#missing} missed`);
      this.#missing = 0;
      return trace;
    } catch (error) {
      if (this.#isStopping) return undefined;
      if (this.#counts.taken === 0 || !(error instanceof Failure)) throw error;
      this.#counts.missed++;
      if (this.#missing++ === 0) this.#messages.warning(`${error.message}; it is tried again`, error.advice);
      return undefined;
    }
  }

  /** What to say of a capture that is kept; undefined if it is not. */
  async #reasonToKeep(path: string, { bytes }: Arrival): Promise<string | undefined> {
    if (this.#judge === undefined) return this.#isStopping && bytes <= HEADER_LENGTH ? undefined : "";
    if (this.#isStopping) {
      this.#counts.unchecked++;
      return undefined;
    }
    this.#isJudging = true;
    const { reason, isKept } = await this.#judge.judge(path);
    this.#isJudging = false;
    // The end did not wait for it, and has counted it.
    if (this.#isStopping) return undefined;
    if (isKept) return `, ${reason}`;
    this.#counts.unwanted++;
    this.#messages.info(`not kept: ${reason}`);
    return undefined;
  }

  #tell(path: string, { bytes, failure }: Arrival, reason: string): void {
    this.#messages.info(`${path}: ${byteSize(bytes)}${reason}`);
    if (failure === undefined || this.#isStopping) return;
    this.#counts.cut++;
    this.#messages.warning(`${path} is incomplete: ${failure.message}`, traceAdvice(failure));
  }

  /** Waits for the next turn, or the end. @param time as of `performance.now` */
  #until(time: number): Promise<void> {
    const { signal } = this.#stopping;
    return new Promise((resolve) => {
      const done = () => {
        clearTimeout(timer);
        signal.removeEventListener("abort", done);
        resolve();
      };
      const timer = startTimer(done, signal.aborted ? 0 : time - performance.now());
      signal.addEventListener("abort", done);
    });
  }

  /** Ends the ring. A second signal does not wait. */
  async #stop(turns: Promise<void>): Promise<ExitCode | undefined> {
    if (this.#isStopping) return undefined;
    this.#stopping.abort();
    this.#source?.stop();
    // An error of the last turn ends `run`, and so the process.
    if (this.#isJudging) this.#counts.unchecked++;
    else await turns.catch(() => new Promise<never>(() => undefined));
    const files = await this.#folder.files().catch((): RingFile[] => []);
    this.#summarize(files.filter(({ isAbandoned }) => !isAbandoned));
    return this.#counts.missed + this.#counts.cut > 0 ? ExitCode.Incomplete : ExitCode.Done;
  }

  #summarize(files: readonly RingFile[]): void {
    const size = byteSize(files.reduce((sum, { bytes }) => sum + bytes, 0));
    const kept = `${counted(files.length, "trace")} in ${this.#folder.path}`;
    this.#messages.info(
      files.length === 0 ? kept : `${kept}, ${size}: ${files[0]?.name} to ${files.at(-1)?.name}`,
    );
    const kinds = Object.keys(KINDS) as (keyof typeof KINDS)[];
    const counts = kinds.filter((kind) => kind === "taken" || this.#counts[kind] > 0);
    this.#messages.info(counts.map((kind) => `${this.#counts[kind]} ${KINDS[kind]}`).join(", "));
  }
}
