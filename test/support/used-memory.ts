import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";

/** Megabytes in use, after garbage collection. */
export function usedMemory(): number {
  collectGarbage();
  const { heapUsed, arrayBuffers } = process.memoryUsage();
  return (heapUsed + arrayBuffers) / 1e6;
}

/** Bytes of buffers in use, without what the files before left in this process. */
export function usedBuffers(): number {
  collectGarbage();
  return process.memoryUsage().arrayBuffers;
}

function collectGarbage(): void {
  setFlagsFromString("--expose-gc");
  (runInNewContext("gc") as () => void)();
}
