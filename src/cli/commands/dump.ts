import { TraceError } from "../../base/errors.js";
import { ByteWriter } from "../../bytes/writer.js";
import { EventKind } from "../../event/kind.js";
import { eventText } from "../../sink/text/event-text.js";
import { batchLines } from "../../wire/v2/dump.js";
import type { ExitCode } from "../exit-codes.js";
import { type Input, openInput, STDIO } from "../input.js";
import { Messages } from "../messages.js";
import { type Output, openOutput } from "../output.js";
import { type CommonOptions, concludeReading } from "./options.js";

export interface DumpOptions extends CommonOptions {
  readonly output?: string;
  readonly wire?: boolean;
}

/** Text gathered before it is written. */
const FLUSH = 1 << 16;
const encoder = new TextEncoder();

/** `go2perfetto dump IN` */
export async function dumpCommand(path: string, options: DumpOptions): Promise<ExitCode> {
  const messages = new Messages(options);
  const lines = new Lines();
  const observe = options.wire
    ? (batch: Parameters<typeof batchLines>[0]) => lines.addAll(batchLines(batch))
    : undefined;
  const input = await openInput(path, observe === undefined ? {} : { observe });
  const output = await openOutput(options.output ?? STDIO);
  try {
    const { error, events } = await dump(input, lines, output, options.wire === true);
    const code = concludeReading(input.name, input.trace, error, events > 0, options, messages);
    await output.close();
    return code;
  } catch (error) {
    await output.discard();
    await input.trace.close();
    throw error;
  }
}

async function dump(
  input: Input,
  lines: Lines,
  output: Output,
  wire: boolean,
): Promise<{ error: TraceError | undefined; events: number }> {
  let events = 0;
  let error: TraceError | undefined;
  try {
    for await (const block of input.trace.blocks()) {
      for (let i = 0; i < block.length; i++) {
        if (block.kind[i] !== EventKind.Sync) events++;
        if (!wire) lines.add(eventText(block, i));
        if (lines.length > FLUSH) await lines.writeTo(output);
      }
      await lines.writeTo(output);
    }
  } catch (cause) {
    if (!(cause instanceof TraceError)) throw cause;
    error = cause;
  }
  await lines.writeTo(output);
  return { error, events };
}

/** Lines on their way to the output. */
class Lines {
  readonly #writer = new ByteWriter(FLUSH * 2);

  get length(): number {
    return this.#writer.length;
  }

  add(line: string): void {
    this.#writer.bytes(encoder.encode(`${line}\n`));
  }

  addAll(lines: Iterable<string>): void {
    for (const line of lines) this.add(line);
  }

  async writeTo(output: Output): Promise<void> {
    if (this.#writer.length > 0) await output.write(this.#writer.view());
    this.#writer.clear();
  }
}
