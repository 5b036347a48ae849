import type { EventBlock } from "../event/block.js";
import { shortFunction } from "../event/short-function.js";
import type { SchedListener } from "../sched/listener.js";
import { SchedModel } from "../sched/model.js";
import { SchedState } from "../sched/state.js";
import type { GoroutineSelector } from "./goroutine-selector.js";
import { RunNames } from "./run-names.js";
import { SelectionError } from "./selection-error.js";
import { mostSimilar } from "./similar.js";

/** The most names in an error message. */
const SUGGESTIONS = 5;

/**
 * Finds the goroutines that match selectors. It needs all events. It holds the goroutines' ids and function
 * names.
 */
export class GoroutineFinder implements SchedListener {
  readonly #model = new SchedModel(this);
  readonly #selectors: readonly GoroutineSelector[];
  readonly found = new Set<number>();
  readonly #runs: RunNames | undefined;
  /** By number of a start function: whether it is selected, and how many goroutines start with it. */
  readonly #isWanted: boolean[] = [];
  readonly #counts: number[] = [];
  readonly #ids: ReadonlySet<number>;
  /** For each selector: whether anything matches it. */
  readonly #matched: boolean[];
  #goroutines = 0;

  /** @param selectors a goroutine must match one of them */
  constructor(selectors: readonly GoroutineSelector[]) {
    this.#selectors = selectors;
    this.#matched = selectors.map(() => false);
    this.#ids = new Set(selectors.flatMap((selector) => ("id" in selector ? [selector.id] : [])));
    const isByName = selectors.some((selector) => !("id" in selector));
    this.#runs = isByName ? new RunNames((name) => this.#wants(name), this.found) : undefined;
  }

  events(block: EventBlock): void {
    this.#model.block(block);
    this.#runs?.events(block);
  }

  /** @throws SelectionError if nothing matches a selector */
  check(): void {
    const index = this.#matched.indexOf(false);
    const selector = this.#selectors[index];
    if (selector !== undefined) throw this.#nothing(selector);
  }

  enter(slot: number, from: number): void {
    if (from !== SchedState.None) return;
    const { goroutines } = this.#model;
    const id = goroutines.id[slot] as number;
    this.#goroutines++;
    if (!this.#ids.has(id)) return;
    this.found.add(id);
    this.#match((selector) => "id" in selector && selector.id === id);
  }

  named(slot: number): void {
    const { goroutines } = this.#model;
    const func = goroutines.func[slot] as number;
    this.#isWanted[func] ??= this.#wants(this.#model.functions.text(func));
    this.#counts[func] = (this.#counts[func] ?? 0) + 1;
    if (this.#isWanted[func]) this.found.add(goroutines.id[slot] as number);
  }

  block(): void {}
  leave(): void {}
  proc(): void {}
  other(): void {}
  finish(): void {}

  #wants(name: string): boolean {
    return this.#match(
      (selector) =>
        ("func" in selector && (selector.func === name || selector.func === shortFunction(name))) ||
        ("pattern" in selector && selector.pattern.test(name)),
    );
  }

  /** Whether any selector passes the test. Marks all that do. */
  #match(test: (selector: GoroutineSelector) => boolean): boolean {
    const indices = [...this.#selectors.keys()].filter((i) => test(this.#selectors[i] as GoroutineSelector));
    for (const i of indices) this.#matched[i] = true;
    return indices.length > 0;
  }

  #nothing(selector: GoroutineSelector): SelectionError {
    const names = this.#byCount();
    if ("id" in selector) {
      return new SelectionError(
        `no goroutine ${selector.id} among ${this.#goroutines}`,
        `Start functions: ${listed(names)}`,
      );
    }
    if ("func" in selector) {
      const nearest = mostSimilar(selector.func, [...names, ...(this.#runs?.names ?? [])], SUGGESTIONS);
      return new SelectionError(
        `no goroutine starts in "${selector.func}"`,
        `Functions like it: ${nearest.join(", ")}`,
      );
    }
    return new SelectionError(
      `no goroutine's start function matches ${selector.pattern}`,
      `Start functions: ${listed(names)}`,
    );
  }

  /** Start functions, most frequent first. */
  #byCount(): string[] {
    const numbers = [...this.#counts.keys()];
    numbers.sort((a, b) => (this.#counts[b] ?? 0) - (this.#counts[a] ?? 0));
    return numbers.map((number) => this.#model.functions.text(number));
  }
}

function listed(names: readonly string[]): string {
  const more = names.length > SUGGESTIONS ? `, and ${names.length - SUGGESTIONS} more` : "";
  return names.slice(0, SUGGESTIONS).join(", ") + more;
}
