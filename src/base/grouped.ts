/**
 * A whole number with a comma between thousands. `toLocaleString` loads tables of all languages first, which
 * takes 14 ms.
 */
export function grouped(count: number): string {
  return String(count).replace(/\B(?=(\d{3})+$)/g, ",");
}

/** A count with its noun: `1 event`, `2,000 events`. @param many the noun for any count but 1 */
export function counted(count: number, one: string, many = `${one}s`): string {
  return `${grouped(count)} ${count === 1 ? one : many}`;
}
