import {
  ANONYMOUS_TITLE,
  type Analysis,
  AnalysisPass,
  AnonymousTrace,
  anonymousChoice,
  DurationError,
  type EventBlock,
  findSelection,
  formatName,
  NOT_A_TRACE_BYTES,
  notATraceMessage,
  openingMessage,
  openTrace,
  type PathQuery,
  parseDuration,
  parseGoroutineSelector,
  parseTaskSelector,
  partOf,
  pathQuery,
  type ReadingMessage,
  readingLosses,
  readingNotices,
  SelectionError,
  type SelectionQuery,
  SelectorError,
  ShownPath,
  type Trace,
  TraceError,
  type TracePart,
} from "go2perfetto";
import type { CriticalPathView } from "go2perfetto/perfetto";
import { hasSymbols } from "../../src/wire/format.js";
import type { Choices, Reading } from "../messages.js";
import { BrowserFile } from "./browser-file.js";
import { RandomNames } from "./random-names.js";

/** A failure that a person can understand. */
export class WorkError extends Error {
  override readonly name = "WorkError";
  readonly advice: string | undefined;

  constructor({ text, advice }: ReadingMessage) {
    super(text);
    this.advice = advice;
  }
}

/** What there is to say of a trace of Go 1.5 or 1.6. */
const NAMELESS: ReadingMessage = {
  text: "The trace has addresses of functions, and no names.",
  advice: "The command line takes names from the program: go2perfetto IN --binary EXE.",
};

/** Called now and then while the file is read. */
export type OnProgress = (bytes: number, size: number | undefined, events: number) => void;

/** Milliseconds between two tellings of progress. */
const INTERVAL = 100;

/** A trace file, and what part of it a person chose. */
export class TraceFile {
  readonly #file: BrowserFile;
  readonly #name: string;
  readonly #onProgress: OnProgress;
  readonly size: number | undefined;
  #names: RandomNames | undefined;
  #toldAt = 0;
  #query: SelectionQuery = { goroutines: [] };
  #part: TracePart = {};

  private constructor(file: BrowserFile, name: string, onProgress: OnProgress) {
    this.#file = file;
    this.#name = name;
    this.#onProgress = onProgress;
    this.size = file.source().size;
  }

  /** @throws WorkError if nothing matches the choices, or one of them is not what it should be */
  static async open(file: File, choices: Choices, onProgress: OnProgress): Promise<TraceFile> {
    const opened = new TraceFile(await BrowserFile.open(file), file.name, onProgress);
    if (choices.anonymize) opened.#names = new RandomNames();
    opened.#query = queryOf(choices);
    opened.#part = await opened.#find(opened.#query);
    return opened;
  }

  /** The trace's name in outputs, and that of their files. */
  get title(): string {
    return this.#names === undefined ? this.#name : ANONYMOUS_TITLE;
  }

  get part(): TracePart {
    return this.#part;
  }

  /** The critical path of the slowest of those that are selected; undefined if none are, or if there is none. */
  async shownPath(): Promise<CriticalPathView | undefined> {
    const query = await this.#pathQuery();
    if (query === undefined) return undefined;
    const shown = new ShownPath(query);
    await this.analyse(await this.windowed(), [shown.times]);
    if (shown.paths === undefined) return undefined;
    await this.analyse(await this.windowed(), [shown.paths]);
    return shown.view;
  }

  /** Whose path is shown: it is that of those selected, whoever else is shown. */
  async #pathQuery(): Promise<PathQuery | undefined> {
    const { related, ...query } = this.#query;
    const { selection } = related && query.task === undefined ? await this.#find(query) : this.#part;
    const choice = this.#names === undefined ? query : anonymousChoice(query, this.#names);
    return pathQuery(choice, selection?.goroutines);
  }

  /** The bytes of all of it, as they are. */
  bytes(): Promise<Blob> {
    return this.#file.bytes();
  }

  /** Opens the trace, whole. @throws WorkError if it is none */
  async whole(): Promise<Trace> {
    return this.#named(await this.#open());
  }

  /** Opens the chosen stretch of time, with all goroutines. */
  async windowed(): Promise<Trace> {
    return this.#named(partOf(await this.#open(), { window: this.#part.window }));
  }

  /** Opens the chosen part. */
  async chosen(): Promise<Trace> {
    return this.#named(partOf(await this.#open(), this.#part));
  }

  async #open(): Promise<Trace> {
    try {
      return await openTrace(this.#file.source());
    } catch (error) {
      if (!(error instanceof TraceError)) throw error;
      throw new WorkError(await this.#openingMessage(error));
    }
  }

  /** With made-up names if a person asked for them. */
  #named(trace: Trace): Trace {
    return this.#names === undefined ? trace : new AnonymousTrace(trace, this.#names);
  }

  /** Reads a trace as far as that is possible. @returns the error that ended it */
  async read(trace: Trace, visit: (block: EventBlock) => void): Promise<TraceError | undefined> {
    let events = 0;
    try {
      for await (const block of trace.blocks()) {
        visit(block);
        events += block.length;
        this.progress(trace, events);
      }
      return undefined;
    } catch (error) {
      if (error instanceof TraceError) return error;
      throw error;
    }
  }

  /** Feeds a trace to analyses. @returns the error that ended it early */
  async analyse(trace: Trace, analyses: readonly Analysis[]): Promise<TraceError | undefined> {
    const pass = new AnalysisPass(analyses);
    const error = await this.read(trace, (block) => pass.events(block));
    pass.end();
    return error;
  }

  progress(trace: Trace, events: number): void {
    const now = performance.now();
    if (now - this.#toldAt < INTERVAL) return;
    this.#toldAt = now;
    this.#onProgress(trace.bytesRead, this.size, events);
  }

  /** What there is to say of a trace that was read. */
  reading(trace: Trace, events: number, duration: number, error: TraceError | undefined): Reading {
    const { diagnostics } = trace;
    const losses = readingLosses(this.#name, diagnostics, error);
    const messages = [...readingNotices(this.#name, diagnostics), ...losses];
    const leftOut = hasSymbols(trace.format) ? [] : [NAMELESS];
    return { version: formatName(trace), events, duration, messages, leftOut };
  }

  async #openingMessage(error: TraceError): Promise<ReadingMessage> {
    if (error.code !== "not-a-trace") return openingMessage(this.#name, error);
    return notATraceMessage(this.#name, await this.#file.start(NOT_A_TRACE_BYTES), this.#file.isGzip);
  }

  async #find(query: SelectionQuery): Promise<TracePart> {
    let trace: Trace | undefined;
    try {
      return await findSelection(query, {
        open: async () => {
          trace = await this.#open();
          return trace;
        },
        progress: (events) => trace && this.progress(trace, events),
      });
    } catch (error) {
      if (!(error instanceof SelectionError)) throw error;
      throw new WorkError({ text: `${this.#name}: ${error.message}`, advice: error.advice });
    }
  }
}

function queryOf({ from, to, goroutine, task, related }: Choices): SelectionQuery {
  const begin = from === "" ? 0 : parsed("From", from, parseDuration);
  const end = to === "" ? Number.POSITIVE_INFINITY : parsed("To", to, parseDuration);
  if (begin >= end)
    throw new WorkError({ text: "From is not before To", advice: "Both count from the start of the trace." });
  return {
    window: begin > 0 || end < Number.POSITIVE_INFINITY ? { from: begin, to: end } : undefined,
    goroutines: goroutine === "" ? [] : [parsed("Goroutine", goroutine, parseGoroutineSelector)],
    task: task === "" ? undefined : parsed("Task", task, parseTaskSelector),
    related: related && (goroutine !== "" || task !== ""),
  };
}

function parsed<T>(field: string, text: string, parse: (text: string) => T): T {
  try {
    return parse(text);
  } catch (error) {
    if (error instanceof DurationError) {
      const advice = "Durations are numbers with units, such as 500ns, 10us, 1.5ms or 1m30s.";
      throw new WorkError({ text: `${field}: as a duration, ${error.message}`, advice });
    }
    if (error instanceof SelectorError)
      throw new WorkError({ text: `${field}: as a selector, ${error.message}` });
    throw error;
  }
}
