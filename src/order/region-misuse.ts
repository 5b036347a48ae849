import type { Diagnostics } from "../base/diagnostics.js";
import { RegionMatch } from "../event/kind.js";
import type { EventContext } from "./event-context.js";

/** Packages whose functions call the one that the program has written. */
const ANNOTATION = "runtime/trace.";

/**
 * Says of the end of a region, which has just been given out, what it ends, and counts it if the program is mistaken there.
 * @param within how many regions go on within it, or {@link RegionMatch}
 * @param innermost name of the innermost region before, if there was one
 */
export function endRegion(
  context: EventContext & { readonly diagnostics: Diagnostics },
  within: number,
  innermost: string | undefined,
): void {
  const { block, diagnostics } = context;
  const event = block.length - 1;
  block.value[event] = within;
  if (within === RegionMatch.None) {
    diagnostics.add("region-ends-unmatched", 1, undefined, () => describe(context, "ends"));
  } else if (within !== 0 && innermost !== undefined) {
    diagnostics.add("regions-crossed", 1, undefined, () =>
      describe(context, `ends within region "${innermost}"`),
    );
  }
}

/** Which region it is, on which goroutine and where in the program. */
function describe({ block, goroutine }: EventContext, what: string): string {
  const event = block.length - 1;
  const { strings, stacks } = block.generation ?? {};
  const frames = stacks?.frames(block.stack[event] as number) ?? [];
  const frame = frames.find(({ func }) => !func.startsWith(ANNOTATION));
  const place = frame === undefined ? "" : ` at ${frame.func}:${frame.line}`;
  return `region "${strings?.text(block.name[event] as number)}" ${what} on goroutine ${goroutine}${place}`;
}
