import { grown } from "../../base/columns.js";
import { NONE } from "../../base/ids.js";

/** Intervals of goroutines by place in the program, in columns by site. Rows are never removed. */
export class SiteTable {
  length = 0;
  count = new Float64Array(64);
  /** Nanoseconds. */
  total = new Float64Array(64);
  /** The longest interval: its duration, beginning, goroutine and stack ({@link StackNumbers}). */
  longest = new Float64Array(64);
  longestSince = new Float64Array(64);
  longestGoroutine = new Float64Array(64);
  longestStack = new Int32Array(64);
  /** Goroutines there now, and at most; since when there is one, and how long there was one. */
  now = new Int32Array(64);
  most = new Int32Array(64);
  #since = new Float64Array(64);
  #occupied = new Float64Array(64);

  add(): number {
    const site = this.length++;
    if (site >= this.count.length) this.#grow(site + 1);
    this.longestGoroutine[site] = NONE;
    return site;
  }

  /** A goroutine comes to a site. */
  enter(site: number, time: number): void {
    const now = (this.now[site] as number) + 1;
    this.now[site] = now;
    if (now === 1) this.#since[site] = time;
    if (now > (this.most[site] as number)) this.most[site] = now;
  }

  /** It leaves. */
  leave(site: number, since: number, until: number, goroutine: number, stack: number): void {
    const now = (this.now[site] as number) - 1;
    this.now[site] = now;
    if (now === 0) this.#occupied[site] = this.occupied(site) + until - (this.#since[site] as number);
    const duration = until - since;
    if (duration <= 0) return;
    this.count[site] = (this.count[site] as number) + 1;
    this.total[site] = (this.total[site] as number) + duration;
    if (duration <= (this.longest[site] as number)) return;
    this.longest[site] = duration;
    this.longestSince[site] = since;
    this.longestGoroutine[site] = goroutine;
    this.longestStack[site] = stack;
  }

  /** How long a goroutine was at the site, without those that still are. */
  occupied(site: number): number {
    return this.#occupied[site] as number;
  }

  /** The trace ends. What has ended before counts, also if it overlaps with what is open. */
  finish(time: number): void {
    for (let site = 0; site < this.length; site++) {
      if ((this.now[site] as number) > 0)
        this.#occupied[site] = this.occupied(site) + time - (this.#since[site] as number);
      this.#occupied[site] = Math.min(this.occupied(site), this.total[site] as number);
    }
  }

  /** Sums over some sites; the longest interval, and the most goroutines at one site. */
  totals(has: (site: number) => boolean): { count: number; total: number; max: number; most: number } {
    const sums = { count: 0, total: 0, max: 0, most: 0 };
    for (let site = 0; site < this.length; site++) {
      if (!has(site)) continue;
      sums.count += this.count[site] as number;
      sums.total += this.total[site] as number;
      sums.max = Math.max(sums.max, this.longest[site] as number);
      sums.most = Math.max(sums.most, this.most[site] as number);
    }
    return sums;
  }

  #grow(length: number): void {
    this.count = grown(this.count, length);
    this.total = grown(this.total, length);
    this.longest = grown(this.longest, length);
    this.longestSince = grown(this.longestSince, length);
    this.longestGoroutine = grown(this.longestGoroutine, length);
    this.longestStack = grown(this.longestStack, length);
    this.now = grown(this.now, length);
    this.most = grown(this.most, length);
    this.#since = grown(this.#since, length);
    this.#occupied = grown(this.#occupied, length);
  }
}
