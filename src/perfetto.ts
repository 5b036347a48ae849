export type { DetailLimit } from "./sink/auto-detail.js";
export { FullSink } from "./sink/perfetto/full-sink.js";
export { LeanSink } from "./sink/perfetto/lean-sink.js";
export type { PerfettoOptions } from "./sink/perfetto/options.js";
export type { Grouping, StackMode, TrackGroup } from "./sink/view-options.js";
