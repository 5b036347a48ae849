// Reads every event of a trace with the reader of this project and prints how many there were: what goloop does in Go.
import { EventKind, openTraceFile } from "../dist/node.js";

const trace = await openTraceFile(process.argv[2]);
const isOld = trace.format.generation === 1;
let events = 0;
for await (const block of trace.blocks()) events += block.length - (isOld ? notOfGo(block) : 0);
console.log(events - (isOld ? 1 : 0));

/**
 * Events that Go's reader does not give in traces before Go 1.22: that a P is taken from a system call and starts. Besides
 * these it leaves out the first GOMAXPROCS.
 */
function notOfGo({ kind, length }) {
  let count = 0;
  for (let i = 0; i < length; i++) if (kind[i] === EventKind.ProcSteal) count += 2;
  return count;
}
