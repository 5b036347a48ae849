import type uPlot from "uplot";
import { faded } from "./theme.js";

/** A row of a heat strip. */
export interface StripRow {
  readonly label: string;
  /** From 0 to 1, by bucket. */
  readonly shares: readonly number[];
  /** The name of a colour. */
  readonly color: string;
  /** The least opacity of what is not 0. */
  readonly least?: number;
}

const LEVELS = 20;

/** Draws a heat strip into a plot: the more of a bucket, the more opaque. @param times edges of the buckets */
export function drawStrip(plot: uPlot, rows: readonly StripRow[], times: readonly number[]): void {
  const { ctx } = plot;
  const { left, top, width, height } = plot.bbox;
  const { min = 0, max = 1 } = plot.scales.x ?? {};
  const x = (time: number) => (width * (time - min)) / (max - min);
  const rowHeight = height / rows.length;
  const gap = rowHeight > 8 ? Math.round(devicePixelRatio) : 0;
  ctx.save();
  ctx.beginPath();
  ctx.rect(left, top, width, height);
  ctx.clip();
  const levels = new Uint8Array(Math.ceil(width) + 1);
  rows.forEach(({ shares, color, least = 0 }, row) => {
    const palette = Array.from({ length: LEVELS + 1 }, (_, level) => faded(color, level / LEVELS));
    const y = Math.round(top + row * rowHeight);
    const tall = Math.max(1, Math.round(top + (row + 1) * rowHeight) - gap - y);
    // By pixel, the greatest of its buckets: they may be narrower, and colours that overlap would add up.
    levels.fill(0);
    shares.forEach((share, i) => {
      if (share <= 0) return;
      const level = Math.ceil(LEVELS * Math.min(1, Math.max(least, share)));
      const from = Math.round(x(times[i] ?? 0));
      const to = Math.max(from + 1, Math.round(x(times[i + 1] ?? 0)));
      for (let at = Math.max(0, from); at < Math.min(to, levels.length); at++)
        levels[at] = Math.max(level, levels[at] ?? 0);
    });
    for (let from = 0, to = 0; from < levels.length; from = to) {
      while (to < levels.length && levels[to] === levels[from]) to++;
      const level = levels[from] ?? 0;
      if (level === 0) continue;
      ctx.fillStyle = palette[level] ?? "";
      ctx.fillRect(left + from, y, to - from, tall);
    }
  });
  ctx.restore();
}
