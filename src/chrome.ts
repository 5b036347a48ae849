export { ChromeSink } from "./sink/chrome/chrome-sink.js";
export type { ChromeOptions } from "./sink/chrome/options.js";
export type { DetailLimit, Grouping, StackMode, TrackGroup } from "./sink/view-options.js";
