/** Whether a start function is one of the runtime's own goroutines. One without a stack serves calls from C. */
export function isSystem(func: string): boolean {
  return func === "" || (func.startsWith("runtime.") && func !== "runtime.main");
}
