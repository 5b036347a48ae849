import type { Readable } from "node:stream";
import type { ByteSource } from "./byte-source.js";

/** Bytes of a Node stream, such as standard input. */
export function streamSource(stream: Readable, name: string): ByteSource {
  return {
    name,
    async *chunks() {
      for await (const chunk of stream) yield chunk as Uint8Array;
    },
    close() {
      stream.destroy();
    },
  };
}
