import { setFlagsFromString } from "node:v8";
import { isMainThread } from "node:worker_threads";

const FLAG = "--function-context-cells-max-size";
/** As V8 has it. */
const DEFAULT = 2;

/**
 * Does something with the program's script. In one script, modules that are loaded lazily keep their constants in
 * variables of a function. A flag lets V8 compile them as constants all the same: without it, conversions take a
 * quarter longer. The flag is set for this script alone, because V8 takes no compiled code of other flags, and Node's
 * own modules have code of the defaults.
 */
export function withConstants<T>(work: () => T): T {
  setFlagsFromString(`${FLAG}=65536`);
  try {
    return work();
  } finally {
    // Flags are those of the process: another thread may be at work.
    if (isMainThread) setFlagsFromString(`${FLAG}=${DEFAULT}`);
  }
}
