import type { Interner } from "../../base/interner.js";
import { shareText } from "../../base/rounded.js";
import { functionName } from "./finding-writer.js";

/** Functions named as those that ran, from this share on. */
const NAMED = 3;
const NAMED_SHARE = 0.01;

/** The sum of the values that there are. */
export function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + (value ?? 0), 0);
}

/** A function, and its share of a sum over all. */
export interface FunctionShare {
  readonly name: string;
  readonly share: number;
}

export function sharesText(rows: readonly FunctionShare[]): string {
  return rows.map(({ name, share }) => `${name} (${shareText(share)})`).join(", ");
}

/** The functions with the greatest values, and their shares of all. @param values by number of the function + 1 */
export function mostOf(values: readonly number[], names: Interner): FunctionShare[] {
  const all = Math.max(1, sum(values));
  return Array.from(values, (value = 0, at) => ({ value, at }))
    .filter(({ value }) => value >= NAMED_SHARE * all)
    .sort((a, b) => b.value - a.value)
    .slice(0, NAMED)
    .map(({ at, value }) => ({ name: functionName(at - 1, names), share: value / all }));
}
