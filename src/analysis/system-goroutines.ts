import { CGO_CALLBACK } from "../event/start-frame.js";

/** Whether a start function is one of the runtime's own goroutines, or that of one of which no stack tells what it runs. */
export function isSystem(func: string): boolean {
  return func === "" || func === CGO_CALLBACK || (func.startsWith("runtime.") && func !== "runtime.main");
}
