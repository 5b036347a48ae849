/** A copy of a typed array with twice its length, at least `length`. */
export function grown<T extends Float64Array | Int32Array | Uint8Array>(column: T, length: number): T {
  const make = column.constructor as new (length: number) => T;
  const larger = new make(Math.max(column.length * 2, length));
  larger.set(column as never);
  return larger;
}
