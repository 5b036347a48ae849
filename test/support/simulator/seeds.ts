import { tried } from "../quick.js";

/**
 * The seeds of the simulated programs that a test looks at. A failing one can be run alone, and others tried, with
 * `SIMULATED_SEEDS=17` or `SIMULATED_SEEDS=1000-1999`.
 */
export function simulatedSeeds(first: number, last: number): number[] {
  const [from = first, to = from] = (
    process.env.SIMULATED_SEEDS ?? `${first}-${first + tried(last - first + 1) - 1}`
  )
    .split("-")
    .map(Number);
  return Array.from({ length: to - from + 1 }, (_, i) => from + i);
}
