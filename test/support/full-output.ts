import { openTraceFile } from "../../src/node.js";
import type { Trace } from "../../src/order/trace.js";
import { convert } from "../../src/sink/convert.js";
import { FullSink } from "../../src/sink/perfetto/full-sink.js";
import type { CorpusTrace } from "./corpus.js";
import { LIKE_GO } from "./reading.js";

/** The bytes of a full conversion. */
export async function fullBytes(trace: Trace): Promise<Uint8Array> {
  const parts: Uint8Array[] = [];
  const write = (bytes: Uint8Array): void => {
    parts.push(bytes.slice());
  };
  await convert(trace, new FullSink("test"), { write });
  return new Uint8Array(Buffer.concat(parts));
}

/** The bytes of a full conversion of the events that Go's own reader gives too. */
export async function fullBytesOf({ path }: CorpusTrace): Promise<Uint8Array> {
  return fullBytes(await openTraceFile(path, LIKE_GO));
}
