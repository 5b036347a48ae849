import type { ByteSource } from "../../bytes/byte-source.js";
import { holdsGzip } from "../../bytes/gzip.js";
import { PeekedSource } from "../../bytes/peeked-source.js";
import { TemporaryFile } from "../output/temporary-files.js";
import { versionOf } from "./input.js";
import { openFailure } from "./trace-failure.js";

/**
 * Copies a stream, which can be read only once, and closes it.
 * @param name of IN, for messages
 * @throws Failure if it is not a trace
 */
export async function copyOfStream(stream: ByteSource, name: string): Promise<TemporaryFile> {
  const source = new PeekedSource(stream);
  try {
    // Check first: any other stream could be endless.
    if (!(await holdsGzip(source))) await versionOf(source, name, false);
    return await TemporaryFile.of(source);
  } catch (error) {
    throw openFailure(error, name);
  } finally {
    await source.close();
  }
}
