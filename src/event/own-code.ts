import { standardFile } from "./standard-library.js";
import type { StackFrame } from "./tables.js";

/** A module in the module cache, also as `-trimpath` leaves it: `…/golang.org/x/sync@v0.7.0/errgroup/errgroup.go`; or a vendored one. */
const DEPENDENCY = /@v\d[^/]*\/|(^|\/)vendor\//;
/** Files that nobody wrote: wrappers of methods, what cgo makes, the main function of a test. */
const GENERATED = /^<|(^|\/)_(cgo_gotypes|testmain)\.go$/;

/**
 * Whether a frame is of the program's own code: neither of the standard library nor of a module that the program depends on, as far as
 * its file tells. Package main is the program's own also if it is installed from the module cache.
 */
export function isOwnCode(frame: StackFrame): boolean {
  if (GENERATED.test(frame.file) || standardFile(frame) !== undefined) return false;
  return frame.func.startsWith("main.") || !DEPENDENCY.test(frame.file);
}
