export { FullSink } from "./sink/perfetto/full-sink.js";
export { LeanSink } from "./sink/perfetto/lean-sink.js";
