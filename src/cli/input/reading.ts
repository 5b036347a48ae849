import { TraceError } from "../../base/errors.js";
import type { EventBlock } from "../../event/block.js";
import type { Trace, TraceOptions } from "../../order/trace.js";
import {
  describePlace,
  lossAdvice,
  lossInWords,
  REGION_ADVICE,
  readingLosses,
  readingNotices,
} from "../../report/reading-messages.js";
import { hasSymbols } from "../../wire/format.js";
import type { CommonOptions } from "../options/common.js";
import { ExitCode } from "../process/exit-codes.js";
import { Failure } from "../process/failure.js";
import type { Messages } from "../process/messages.js";

/** How to read a trace, by the options. */
export async function readingOptions({ binary }: CommonOptions): Promise<TraceOptions> {
  if (binary === undefined) return {};
  const { Addr2line } = await import("./addr2line.js");
  return { symbolizer: new Addr2line(binary) };
}

/** Reads a trace to its end or its first error. @returns the error */
export async function readAll(
  trace: Trace,
  visit: (block: EventBlock) => void,
): Promise<TraceError | undefined> {
  try {
    for await (const block of trace.blocks()) {
      visit(block);
    }
    return undefined;
  } catch (error) {
    if (error instanceof TraceError) return error;
    throw error;
  }
}

/** Descriptions of what was lost from a trace. */
export function lossesOf(trace: Trace, error: TraceError | undefined): string[] {
  const losses = trace.diagnostics.losses();
  return error === undefined ? losses : [`${error.message}${describePlace(error.facts)}`, ...losses];
}

/**
 * Reports what was lost and decides the exit code.
 * @param useful whether anything was read
 * @throws Failure if nothing was read, or with `--strict` if anything was lost
 */
export function concludeReading(
  name: string,
  trace: Trace,
  error: TraceError | undefined,
  useful: boolean,
  options: CommonOptions,
  messages: Messages,
): ExitCode {
  if (options.binary !== undefined && hasSymbols(trace.format))
    messages.info(`--binary ${options.binary} is not needed: ${name} has the names of its functions`);
  const { diagnostics } = trace;
  const [misuse] = diagnostics.inWords("misuse");
  if (error === undefined && options.strict && misuse !== undefined)
    throw new Failure(`${name}: ${misuse}`, REGION_ADVICE);
  for (const { text, advice } of readingNotices(name, diagnostics)) messages.warning(text, advice);
  const losses = readingLosses(name, diagnostics, error);
  if (losses.length === 0) return ExitCode.Done;
  const what = lossInWords(error);
  const advice = lossAdvice(diagnostics, error);
  const failure = { cause: error };
  if (!useful) throw new Failure(`${name} holds nothing that can be used: ${what}`, advice, failure);
  if (options.strict) throw new Failure(`${name}: ${what}`, advice, failure);
  for (const loss of losses) messages.warning(loss.text, loss.advice);
  messages.stack(error);
  return ExitCode.Incomplete;
}
