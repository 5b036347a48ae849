// Which start functions' goroutines wait longest, and for what? A listener of the scheduler model in thirty lines.
//
//     node examples/library/top-waits.mjs trace.out
import { SchedModel, SchedState, TraceError } from "go2perfetto";
import { openTraceFile } from "go2perfetto/node";

class WaitTimes {
  model = new SchedModel(this);
  total = new Map();

  /** A goroutine leaves a state: the model's columns still describe it. */
  leave(slot, _to, time) {
    const { goroutines, functions, reasons } = this.model;
    if (goroutines.state[slot] !== SchedState.Waiting) return;
    const name = functions.text(goroutines.func[slot]) || "(unknown)";
    const key = `${name}: ${reasons.text(goroutines.reason[slot]) || "(unknown reason)"}`;
    this.total.set(key, (this.total.get(key) ?? 0) + time - goroutines.since[slot]);
  }

  block() {}
  enter() {}
  named() {}
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
