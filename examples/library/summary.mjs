// What do the goroutines of each start function spend their time on?
//
//     node examples/library/summary.mjs trace.out
import { analyze, Summary } from "go2perfetto";
import { openTraceFile } from "go2perfetto/node";

const summary = new Summary();
const error = await analyze(await openTraceFile(process.argv[2]), [summary]);
if (error !== undefined) console.error(`incomplete: ${error.message}`);

const ms = (ns) => (ns / 1e6).toFixed(3).padStart(10);
console.log("goroutines      exec  sched wait   syscall   blocked (ms)");
for (const { function: name, count, times } of summary.functions.sort(
  (a, b) => b.times.exec - a.times.exec,
)) {
  const blocked = Object.values(times.block).reduce((sum, ns) => sum + ns, 0);
  const columns = [times.exec, times.schedWait, times.syscall + times.syscallBlocked, blocked].map(ms);
  console.log(`${String(count).padStart(6)} ${columns.join(" ")}  ${name || "(unknown)"}`);
}
