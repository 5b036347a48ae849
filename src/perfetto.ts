export { LeanSink } from "./sink/perfetto/lean-sink.js";
