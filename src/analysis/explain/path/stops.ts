/** Stop-the-world kept. */
const KEPT = 4096;

/** The last times of stop-the-world, with the goroutine that stopped it. */
export class Stops {
  readonly #since: number[] = [];
  readonly #until: number[] = [];
  readonly #goroutine: number[] = [];
  #open: { readonly since: number; readonly goroutine: number } | undefined;

  begin(time: number, goroutine: number): void {
    this.#open = { since: time, goroutine };
  }

  end(time: number): void {
    if (this.#open === undefined) return;
    this.#since.push(this.#open.since);
    this.#until.push(time);
    this.#goroutine.push(this.#open.goroutine);
    this.#open = undefined;
    if (this.#since.length < 2 * KEPT) return;
    for (const column of [this.#since, this.#until, this.#goroutine]) column.splice(0, KEPT);
  }

  /**
   * How much of a stretch lies within stop-the-world.
   * @param goroutine only within those that this goroutine began; any for undefined
   */
  within(since: number, until: number, goroutine: number | undefined): number {
    let sum = 0;
    for (let at = this.#since.length - 1; at >= 0 && (this.#until[at] as number) > since; at--) {
      if (goroutine !== undefined && this.#goroutine[at] !== goroutine) continue;
      sum += Math.max(
        0,
        Math.min(until, this.#until[at] as number) - Math.max(since, this.#since[at] as number),
      );
    }
    return sum;
  }
}
