/** Returns the name. @throws RangeError if it is not allowed. @param what what the message calls it */
export function checkedName<T>(what: string, name: T, allowed: readonly T[]): T {
  if (!allowed.includes(name)) {
    throw new RangeError(`${what} is ${allowed.map((each) => `"${each}"`).join(" or ")}, not ${shown(name)}`);
  }
  return name;
}

/**
 * Returns the number.
 * @throws RangeError if it is negative or not a number.
 * @param what what the message calls it
 */
export function checkedNumber(what: string, value: number): number {
  if (typeof value !== "number" || !(value >= 0)) {
    throw new RangeError(`${what} is a number from 0 on, not ${shown(value)}`);
  }
  return value;
}

function shown(value: unknown): string {
  return typeof value === "string" ? JSON.stringify(value) : String(value);
}
