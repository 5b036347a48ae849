export type { DetailLimit } from "./sink/auto-detail.js";
export { FullSink } from "./sink/perfetto/full-sink.js";
export { LeanSink } from "./sink/perfetto/lean-sink.js";
export { LANE_CHOICES, type LaneChoice, type PerfettoOptions } from "./sink/perfetto/options.js";
export {
  type CriticalPathView,
  DEFAULT_TRACKS,
  GROUPINGS,
  type Grouping,
  STACK_MODES,
  type StackMode,
  TRACK_GROUPS,
  type TrackGroup,
} from "./sink/view-options.js";
