import { grown } from "../../base/columns.js";

/** Count, sum, least and most of durations, in columns by row. */
export class Durations {
  count = new Float64Array(64);
  total = new Float64Array(64);
  min = new Float64Array(64);
  max = new Float64Array(64);

  /** Makes room for a row. */
  ensure(row: number): void {
    if (row < this.count.length) return;
    this.count = grown(this.count, row + 1);
    this.total = grown(this.total, row + 1);
    this.min = grown(this.min, row + 1);
    this.max = grown(this.max, row + 1);
  }

  add(row: number, duration: number): void {
    const count = this.count[row] as number;
    this.count[row] = count + 1;
    this.total[row] = (this.total[row] as number) + duration;
    this.min[row] = count === 0 ? duration : Math.min(duration, this.min[row] as number);
    this.max[row] = Math.max(duration, this.max[row] as number);
  }
}
