import { counted } from "../base/grouped.js";
import type { Omission } from "./trace-sink.js";

/** Slices that are left out because they are shorter than so many nanoseconds. */
export function shortSlices(count: number, limit: number): Omission {
  const are = count === 1 ? "is" : "are";
  return {
    text: `${counted(count, "slice")} shorter than ${durationText(limit)} ${are} left out`,
    cause: "min-duration",
  };
}

/** A time in the largest unit that makes it a whole number. */
function durationText(nanoseconds: number): string {
  const units = ["ns", "µs", "ms", "s"];
  let value = nanoseconds;
  let unit = 0;
  for (; unit < units.length - 1 && value % 1000 === 0; unit++) value /= 1000;
  return `${value} ${units[unit]}`;
}
