import { grown } from "../base/columns.js";
import { NONE } from "../base/ids.js";
import { Interner } from "../base/interner.js";
import type { Generation } from "../event/generation.js";
import { GO_STATE_NAMES, PROC_STATE_NAMES } from "../event/states.js";
import { TextNumbers } from "../event/text-numbers.js";

/** Counts of a transition. */
export interface TransitionRow {
  readonly of: "goroutine" | "proc";
  /** States by name ({@link GO_STATE_NAMES}, {@link PROC_STATE_NAMES}); the same twice if a state was only repeated. */
  readonly from: string;
  readonly to: string;
  /** The reason, for a goroutine that stops running by itself; otherwise "". */
  readonly reason: string;
  readonly count: number;
}

/** Number of states, and of codes of one reason. */
const STATES = 8;
const CODES = 2 * STATES * STATES;

/** Counts transitions of goroutines and Ps by states and reason. */
export class Transitions {
  readonly #reasons = new Interner();
  readonly #numbers = new TextNumbers(this.#reasons);
  /** By reason and code; the first reason is "none". */
  #counts = new Float64Array(8 * CODES);

  enter(generation: Generation | undefined): void {
    this.#numbers.enter(generation);
  }

  /** @param reason index of the reason in the generation's strings, or −1 */
  add(isProc: boolean, from: number, to: number, reason: number): void {
    const row = reason === NONE ? 0 : this.#numbers.of(reason) + 1;
    const at = row * CODES + (isProc ? STATES * STATES : 0) + from * STATES + to;
    if (at >= this.#counts.length) this.#counts = grown(this.#counts, (row + 1) * CODES);
    this.#counts[at] = (this.#counts[at] as number) + 1;
  }

  /** All transitions, of goroutines and Ps, by states and reason. */
  rows(): TransitionRow[] {
    const rows = new Map<string, TransitionRow>();
    this.#counts.forEach((count, at) => {
      if (count === 0) return;
      const row = this.#row(at, count);
      const key = JSON.stringify([row.of, row.from, row.to, row.reason]);
      rows.set(key, { ...row, count: count + (rows.get(key)?.count ?? 0) });
    });
    return [...rows].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, row]) => row);
  }

  #row(at: number, count: number): TransitionRow {
    const code = at % CODES;
    const isProc = code >= STATES * STATES;
    const names = isProc ? PROC_STATE_NAMES : GO_STATE_NAMES;
    const reason = Math.floor(at / CODES);
    return {
      of: isProc ? "proc" : "goroutine",
      from: names[Math.floor(code / STATES) % STATES] ?? "",
      to: names[code % STATES] ?? "",
      reason: reason === 0 ? "" : this.#reasons.text(reason - 1),
      count,
    };
  }
}
