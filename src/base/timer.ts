/** The longest time that a timer can wait, in milliseconds: 24 days. A longer one would be over at once. */
const LONGEST = 2 ** 31 - 1;

/** As `setTimeout`, for a time that somebody may have said. */
export function startTimer(over: () => void, milliseconds: number): ReturnType<typeof setTimeout> {
  return setTimeout(over, Math.min(milliseconds, LONGEST));
}
