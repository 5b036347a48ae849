// Which start functions' goroutines wait longest, and for what? A listener of the scheduler model in thirty lines.
//
//     node examples/library/top-waits.mjs trace.out
import { SchedModel, SchedState, TraceError } from "go2perfetto";
import { openTraceFile } from "go2perfetto/node";

class WaitTimes {
  model = new SchedModel(this);
  total = new Map();

  /** Goroutines have changed their states: a row describes the interval that ends. */
  changes({ from, func, length, reason, since, time }) {
    const { functions, reasons } = this.model;
    for (let i = 0; i < length; i++) {
      if (from[i] !== SchedState.Waiting) continue;
      const name = functions.text(func[i]) || "(unknown)";
      const key = `${name}: ${reasons.text(reason[i]) || "(unknown reason)"}`;
      this.total.set(key, (this.total.get(key) ?? 0) + time[i] - since[i]);
    }
  }

  block() {}
  proc() {}
  other() {}
  finish() {}
}

const waits = new WaitTimes();
const trace = await openTraceFile(process.argv[2]);
try {
  for await (const block of trace.blocks()) waits.model.block(block);
} catch (error) {
  // A cut trace: everything up to the break has been given.
  if (!(error instanceof TraceError)) throw error;
  console.error(`incomplete: ${error.message}`);
}
for (const [key, ns] of [...waits.total].sort((a, b) => b[1] - a[1]).slice(0, 10)) {
  console.log(`${(ns / 1e6).toFixed(3).padStart(12)} ms  ${key}`);
}
