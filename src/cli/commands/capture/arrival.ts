import { TraceError } from "../../../base/errors.js";
import type { ByteSource } from "../../../bytes/byte-source.js";
import { PeekedSource } from "../../../bytes/peeked-source.js";
import { unzippedSource } from "../../../bytes/unzipped-source.js";
import { versionOf } from "../../input/input.js";
import { openFailure } from "../../input/trace-failure.js";
import type { Output } from "../../output/output.js";

/** What arrived of a trace. */
export interface Arrival {
  readonly bytes: number;
  /** Why the rest is missing. */
  readonly failure: TraceError | undefined;
}

/** The bytes of a trace, decompressed. @throws Failure if the source does not begin like one; it is closed then */
export async function openedTrace(source: ByteSource, name: string): Promise<ByteSource> {
  const raw = new PeekedSource(source);
  try {
    const trace = await unzippedSource(raw);
    await versionOf(trace, name, trace !== raw);
    return trace;
  } catch (error) {
    await raw.close();
    throw openFailure(error, name);
  }
}

/**
 * Writes a trace as it arrives, and closes its source.
 * @param most bytes, at which the capture is ended
 * @throws Failure of the output
 */
export async function copyTrace(
  source: ByteSource,
  output: Output,
  most = Number.POSITIVE_INFINITY,
): Promise<Arrival> {
  let bytes = 0;
  try {
    for await (const chunk of source.chunks()) {
      const piece = chunk.subarray(0, most - bytes);
      await output.write(piece);
      bytes += piece.length;
      if (piece.length < chunk.length)
        throw new TraceError("capture-stopped", "it was as large as may be kept");
    }
    return { bytes, failure: undefined };
  } catch (error) {
    if (!(error instanceof TraceError)) throw error;
    return { bytes, failure: error };
  } finally {
    await source.close?.();
  }
}
