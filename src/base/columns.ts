/** A typed array of twice the length (at least `length`) with the same start. */
export function grown<T extends Float64Array | Int32Array | Uint8Array>(column: T, length: number): T {
  const make = column.constructor as new (length: number) => T;
  const larger = new make(Math.max(column.length * 2, length));
  larger.set(column as never);
  return larger;
}
