export { FullSink } from "./sink/perfetto/full-sink.js";
export { LeanSink } from "./sink/perfetto/lean-sink.js";
export type {
  DetailLimit,
  Grouping,
  PerfettoOptions,
  StackMode,
  TrackGroup,
} from "./sink/perfetto/options.js";
