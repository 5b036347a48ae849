import type { CaptureSource } from "../../bytes/byte-source.js";

/** A capture that calls `ended` when it is read to its end, left or closed: once at least. */
export function watchedCapture(capture: CaptureSource, ended: () => void): CaptureSource {
  return {
    name: capture.name,
    size: capture.size,
    async *chunks() {
      try {
        yield* capture.chunks();
      } finally {
        ended();
      }
    },
    stop: () => capture.stop(),
    close() {
      ended();
      capture.close();
    },
  };
}
