/**
 * The longest pause after a yield that counts as none, in nanoseconds. The scheduler needs 0.1 to 1 µs to find that nothing
 * else is to run; a longer pause is a delay that a person wants to see.
 */
export const LONGEST_PAUSE = 10_000;
