import { argument, quoted } from "./event-writer.js";

/** The argument of slices that the beginning or end of the trace cuts, and its values. */
export const CUT = argument("cut");
export const NO_BEGINNING = quoted("began before the trace");
export const NO_END = quoted("goes on after the last event");
