export type { DetailLimit } from "./sink/auto-detail.js";
export { ChromeSink } from "./sink/chrome/chrome-sink.js";
export type { ChromeOptions } from "./sink/chrome/options.js";
export type { Grouping, StackMode, TrackGroup } from "./sink/view-options.js";
