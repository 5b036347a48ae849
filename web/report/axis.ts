import type uPlot from "uplot";
import { durationText, sizeText } from "../../src/base/rounded.js";
import { durationTicks, toldTicks } from "./duration-ticks.js";
import { color } from "./theme.js";
import { timeTicks } from "./time-ticks.js";

/** Width of the axis of shares. */
const SHARES = 50;
/** Beside a chart, for half of the text of its last tick. */
const LAST_TICK = 24;
/** What a chart's width is more than that of its axis. */
const SIDES = SHARES + LAST_TICK;
/** Around a chart of durations. */
export const DURATIONS_PADDING: uPlot.Padding = [10, LAST_TICK, 0, 0];

const FONT = "12px system-ui, sans-serif";

/** An axis as all charts have it. */
export function axis(options: uPlot.Axis): uPlot.Axis {
  return {
    stroke: color("--soft"),
    font: FONT,
    grid: { stroke: color("--line"), width: 1 },
    ticks: { stroke: color("--line"), width: 1, size: 4 },
    ...options,
  };
}

/** The axis of time since the start of the trace. Its ticks have one unit and as many digits as tell them apart. */
export function timeAxis(): uPlot.Axis {
  return axis({ values: (_plot, splits) => timeTicks(splits), space: 70, size: 30 });
}

/** A logarithmic axis of durations, beside one of shares. */
export function durationAxis(): uPlot.Axis {
  return axis({
    splits: (_plot, _axis, min, max) => durationTicks(min, max),
    filter: (_plot, splits) => splits,
    values: ({ scales, width }, splits) => {
      const { min = 1, max = 1 } = scales.x ?? {};
      const told = toldTicks(splits, min, max, width - SIDES);
      return splits.map((value) => (told.has(value) ? short(durationText(value)) : ""));
    },
    size: 30,
  });
}

/** Steps of sizes are powers of two. */
export function sizeAxis(): uPlot.Axis {
  const incrs = Array.from({ length: 50 }, (_, power) => 2 ** power);
  return axis({ incrs, values: (_plot, splits) => splits.map((value) => short(sizeText(value))) });
}

/** A round figure without its zeros: 10 µs for 10.0 µs. */
function short(text: string): string {
  return text.replace(/\.0+(?= )/, "");
}

export function percentAxis(): uPlot.Axis {
  return axis({ values: (_plot, splits) => splits.map((value) => `${value} %`), size: SHARES });
}

export function countAxis(): uPlot.Axis {
  return axis({ size: 50 });
}
