// Reads every event of a trace with the reader of this project and prints how many there were: what goloop does in Go.
import { openTraceFile } from "../dist/node.js";

const trace = await openTraceFile(process.argv[2]);
let events = 0;
for await (const block of trace.blocks()) events += block.length;
console.log(events);
