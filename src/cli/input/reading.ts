import { TraceError } from "../../base/errors.js";
import type { EventBlock } from "../../event/block.js";
import type { Trace, TraceOptions } from "../../order/trace.js";
import { hasSymbols } from "../../wire/format.js";
import type { LiveOptions } from "../options/capture.js";
import { ExitCode } from "../process/exit-codes.js";
import { Failure } from "../process/failure.js";
import type { Messages } from "../process/messages.js";
import { adviceOn, REGION_ADVICE } from "./advice.js";
import { describePlace } from "./input.js";

/** The options of every reading command. */
export interface CommonOptions extends LiveOptions {
  /** The program that wrote the trace. */
  readonly binary?: string;
  readonly strict?: boolean;
  readonly quiet?: boolean;
  readonly verbose?: boolean;
  readonly progress?: boolean;
  readonly color?: boolean;
}

/** How a trace is read by what the options say. */
export async function readingOptions({ binary }: CommonOptions): Promise<TraceOptions> {
  if (binary === undefined) return {};
  const { Addr2line } = await import("./addr2line.js");
  return { symbolizer: new Addr2line(binary) };
}

/** Reads a trace to its end or its break, letting signals through. @returns the error at the break */
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

/** What is missing of a trace that has been read, in words. */
export function lossesOf(trace: Trace, error: TraceError | undefined): string[] {
  const losses = trace.diagnostics.losses();
  return error === undefined ? losses : [`${error.message}${describePlace(error.facts)}`, ...losses];
}

const SHRUNK = "Read it again when no other program writes it.";

/** Whether the file became shorter while it was read: what else is wrong with it comes of that. */
function isShrunk({ diagnostics }: Trace): boolean {
  return diagnostics.count("vanished-bytes") > 0;
}

/**
 * Says what was lost and decides what that means.
 * @param useful whether anything was read at all
 * @throws Failure if nothing was, or if any loss is an error
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
    messages.info(`--binary ${options.binary} is not needed: ${name} has its own names of functions`);
  const losses = trace.diagnostics.losses();
  const [misuse] = trace.diagnostics.inWords("misuse");
  if (error === undefined && options.strict && misuse !== undefined)
    throw new Failure(`${name}: ${misuse}`, REGION_ADVICE);
  for (const words of [...trace.diagnostics.inWords("misuse"), ...trace.diagnostics.inWords("info")])
    messages.warning(`${name}: ${words}`, REGION_ADVICE);
  for (const words of trace.diagnostics.inWords("notice")) messages.warning(`${name}: ${words}`);
  if (error === undefined && losses.length === 0) return ExitCode.Done;
  const what = error === undefined ? "part of it was lost" : `${error.message}${describePlace(error.facts)}`;
  const advice = isShrunk(trace) ? SHRUNK : error && adviceOn(error);
  const failure = { cause: error };
  if (!useful) throw new Failure(`${name} holds nothing that can be used: ${what}`, advice, failure);
  if (options.strict) throw new Failure(`${name}: ${what}`, advice, failure);
  messages.warning(`${name} is incomplete: ${what}`, advice);
  messages.stack(error);
  for (const loss of losses) messages.warning(`lost: ${loss}`);
  for (const repair of trace.diagnostics.inWords("repair")) messages.warning(`repaired: ${repair}`);
  return ExitCode.Incomplete;
}
