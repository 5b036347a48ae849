import { TraceError } from "../../base/errors.js";
import type { EventBlock } from "../../event/block.js";
import type { Trace, TraceOptions } from "../../order/trace.js";
import { hasSymbols } from "../../wire/format.js";
import type { CommonOptions } from "../options/common.js";
import { ExitCode } from "../process/exit-codes.js";
import { Failure } from "../process/failure.js";
import type { Messages } from "../process/messages.js";
import { describePlace, REGION_ADVICE, traceAdvice } from "./trace-failure.js";

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

const SHRUNK = "Read it again when no other program is writing it.";

/** Whether the file shrank while it was read. That explains all other errors. */
function isShrunk({ diagnostics }: Trace): boolean {
  return diagnostics.count("vanished-bytes") > 0;
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
  const losses = trace.diagnostics.losses();
  const [misuse] = trace.diagnostics.inWords("misuse");
  if (error === undefined && options.strict && misuse !== undefined)
    throw new Failure(`${name}: ${misuse}`, REGION_ADVICE);
  for (const words of [...trace.diagnostics.inWords("misuse"), ...trace.diagnostics.inWords("info")])
    messages.warning(`${name}: ${words}`, REGION_ADVICE);
  for (const words of trace.diagnostics.inWords("notice")) messages.warning(`${name}: ${words}`);
  if (error === undefined && losses.length === 0) return ExitCode.Done;
  const what = error === undefined ? "part of it was lost" : `${error.message}${describePlace(error.facts)}`;
  const advice = isShrunk(trace) ? SHRUNK : error && traceAdvice(error);
  const failure = { cause: error };
  if (!useful) throw new Failure(`${name} holds nothing that can be used: ${what}`, advice, failure);
  if (options.strict) throw new Failure(`${name}: ${what}`, advice, failure);
  messages.warning(`${name} is incomplete: ${what}`, advice);
  messages.stack(error);
  for (const loss of losses) messages.warning(`lost: ${loss}`);
  for (const repair of trace.diagnostics.inWords("repair")) messages.warning(`repaired: ${repair}`);
  return ExitCode.Incomplete;
}
