import { TraceError } from "../../../base/errors.js";
import { ByteWriter } from "../../../bytes/writer.js";
import type { EventBlock } from "../../../event/block.js";
import { EventKind } from "../../../event/kind.js";
import { eventText } from "../../../sink/text/event-text.js";
import { storedLines } from "../../../wire/dump.js";
import type { StoredPart } from "../../../wire/observer.js";
import { type Input, openInput } from "../../input/input.js";
import { Progress } from "../../input/progress.js";
import { concludeReading, readingOptions } from "../../input/reading.js";
import { openSelected } from "../../input/selected-input.js";
import { selectionFailure } from "../../input/trace-failure.js";
import type { CommonOptions } from "../../options/common.js";
import { isSelective, queryOf, type SelectionOptions } from "../../options/selection.js";
import { writeOutput } from "../../output/open-output.js";
import type { Output } from "../../output/output.js";
import { outputFile } from "../../output/output-name.js";
import { refuseSameFile } from "../../output/same-file.js";
import { tellWritten } from "../../output/written-size.js";
import type { ExitCode } from "../../process/exit-codes.js";
import { type Failure, usageFailure } from "../../process/failure.js";
import { Messages } from "../../process/messages.js";
import { STDIO } from "../../process/stdio.js";

export interface DumpOptions extends CommonOptions, SelectionOptions {
  readonly output?: string;
  readonly wire?: boolean;
}

/** Bytes of text to collect before a write. */
const FLUSH = 1 << 16;
const encoder = new TextEncoder();

/** `go2perfetto dump IN` */
export async function dumpCommand(path: string, options: DumpOptions): Promise<ExitCode> {
  const messages = new Messages(options);
  const target = outputFile(path, options.output ?? STDIO, ".txt");
  if (options.wire && isSelective(options)) throw wireIsWhole();
  if (options.wire && options.naming !== undefined) throw wireIsNamed();
  queryOf(options);
  await refuseSameFile(path, target, options);
  let lines: Lines;
  const observe = (part: StoredPart) => lines.add(storedLines(part));
  const input = await (options.wire
    ? openInput(path, options, { ...(await readingOptions(options)), observe })
    : openSelected(path, options));
  try {
    const code = await writeOutput(target, async (output) => {
      lines = new Lines(output);
      // The terminal shows the lines, so there is no progress bar.
      const progress = target === STDIO ? undefined : new Progress(input, options);
      const { error, events } = await dump(input, options.wire ? undefined : lines, progress).finally(() =>
        progress?.stop(),
      );
      await lines.flush();
      return concludeReading(input.name, input.trace, error, events > 0, options, messages);
    });
    await tellWritten(target, messages);
    return code;
  } catch (error) {
    await input.trace.close();
    throw selectionFailure(error, input.name);
  }
}

function wireIsWhole(): Failure {
  const message = "--wire always prints the whole trace";
  return usageFailure(message, "Leave out --wire, or --from, --to, --goroutine and --task.");
}

function wireIsNamed(): Failure {
  return usageFailure("--wire always prints the names as stored", "Leave out --wire or --anonymize.");
}

/** Reads a trace to its end. @param lines receives the ordered events, if given */
async function dump(
  { trace }: Input,
  lines: Lines | undefined,
  progress: Progress | undefined,
): Promise<{ error: TraceError | undefined; events: number }> {
  let events = 0;
  try {
    for await (const block of trace.blocks()) {
      // A sync event is always the first in its block.
      events += block.kind[0] === EventKind.Sync ? block.length - 1 : block.length;
      await lines?.add(eventLines(block, trace.part?.from ?? 0));
      progress?.update(events);
    }
    return { error: undefined, events };
  } catch (error) {
    if (error instanceof TraceError) return { error, events };
    throw error;
  }
}

/** @param start of the part that is dumped, in the whole trace */
function* eventLines(block: EventBlock, start: number): Generator<string, void, undefined> {
  for (let i = 0; i < block.length; i++) yield eventText(block, i, start);
}

/** Collects lines for the output. */
class Lines {
  readonly #output: Output;
  readonly #writer = new ByteWriter(FLUSH * 2);

  constructor(output: Output) {
    this.#output = output;
  }

  async add(lines: Iterable<string>): Promise<void> {
    for (const line of lines) {
      this.#writer.bytes(encoder.encode(`${line}\n`));
      if (this.#writer.length > FLUSH) await this.flush();
    }
  }

  async flush(): Promise<void> {
    if (this.#writer.length > 0) await this.#output.write(this.#writer.view());
    this.#writer.clear();
  }
}
