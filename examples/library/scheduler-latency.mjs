// How long do goroutines wait for a P, and what does the GC leave of these? Two analyses in one pass.
//
//     node examples/library/scheduler-latency.mjs trace.out
import { analyze, MutatorUtilization, SchedState, StateDurations } from "go2perfetto";
import { openTraceFile } from "go2perfetto/node";

const states = new StateDurations();
const utilization = new MutatorUtilization([{ stw: true, background: true, assist: true }]);
const error = await analyze(await openTraceFile(process.argv[2]), [states, utilization]);
if (error !== undefined) console.error(`incomplete: ${error.message}`);

const ms = (ns) => `${(ns / 1e6).toFixed(3)} ms`;
const { count, p50, p99, max } = states.of(SchedState.Runnable);
console.log(`${count} times runnable: median ${ms(p50)}, p99 ${ms(p99)}, longest ${ms(max)}`);
const [{ curve }] = utilization.curves();
for (const window of [1e6, 10e6, 100e6])
  console.log(
    `in any ${ms(window)}, at least ${(100 * curve.minimum(window)).toFixed(1)}% is left for the program`,
  );
