/** The longest timeout, in milliseconds: 24 days. A longer one fires at once. */
const LONGEST = 2 ** 31 - 1;

/** `setTimeout` for a time that a user may have set. */
export function startTimer(over: () => void, milliseconds: number): ReturnType<typeof setTimeout> {
  return setTimeout(over, Math.min(milliseconds, LONGEST));
}
