export { ChromeSink } from "./sink/chrome/chrome-sink.js";
export type { ChromeOptions } from "./sink/chrome/options.js";
export type { Grouping, StackMode, TrackGroup } from "./sink/view-options.js";
export type { DetailLimit } from "./sink/viewer-limit.js";
