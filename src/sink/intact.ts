import type { Severity } from "../base/diagnostics.js";
import type { TraceError } from "../base/errors.js";
import type { Trace } from "../order/trace.js";
import type { TraceSink } from "./trace-sink.js";

/** Thrown by `convert`: an intact trace was expected, and this one needs repair. What was written is of no use. */
export class NeedsRepair extends Error {
  override readonly name = "NeedsRepair";
}

/**
 * Writes what is expected of an intact trace, and something else if it needs repair: only reading all of it tells.
 * @param write reads the trace from its beginning, each time; throws {@link NeedsRepair} for a trace that is not `intact`
 */
export async function intactOrRepaired<T>(write: (intact: boolean) => Promise<T>): Promise<T> {
  try {
    return await write(true);
  } catch (error) {
    if (!(error instanceof NeedsRepair)) throw error;
    return write(false);
  }
}

/** What the diagnostics of an intact trace lack. */
const DAMAGE: ReadonlySet<Severity> = new Set(["misuse", "repair", "loss"]);

/**
 * Whether a trace was read to its end, Go's own reader takes all of it, and what is written of it has the events that are
 * stored.
 */
export function isIntact({ diagnostics }: Trace, { omissions = [] }: TraceSink, error?: TraceError): boolean {
  // The times of other events do not depend on yields that are left out.
  const lacks = omissions.some(({ cause }) => cause !== "yields");
  return error === undefined && !lacks && !diagnostics.entries().some(({ severity }) => DAMAGE.has(severity));
}
