import type { Diagnostics } from "../base/diagnostics.js";
import { RegionMatch } from "../event/kind.js";
import type { EventContext } from "./event-context.js";

/**
 * How far out of the nest the region that ends is looked for. Programs that end regions out of order do so a few deep; without
 * a limit a made-up trace makes each end cost as much as there are open regions.
 */
const MOST_WITHIN = 64;

/** The open user regions of a goroutine, innermost last. @typeParam Name identifies a name */
export class OpenRegions<Name> {
  readonly #tasks: number[] = [];
  readonly #names: Name[] = [];

  get size(): number {
    return this.#names.length;
  }

  /** The name of the innermost one. */
  get innermost(): Name | undefined {
    return this.#names.at(-1);
  }

  begin(task: number, name: Name): void {
    this.#tasks.push(task);
    this.#names.push(name);
  }

  /**
   * How many regions are open within a region; {@link RegionMatch} if it is not open.
   * @param name undefined if it is not known
   */
  find(task: number, name: Name | undefined): number {
    const last = this.#names.length - 1;
    for (let within = 0; within <= Math.min(last, MOST_WITHIN); within++) {
      const isIt =
        this.#tasks[last - within] === task &&
        (name ?? this.#names[last - within]) === this.#names[last - within];
      if (isIt) return within;
    }
    return RegionMatch.None;
  }

  /** Ends the region with `within` others inside. @returns its name */
  end(within: number): Name {
    const at = this.#names.length - 1 - within;
    this.#tasks.splice(at, 1);
    return this.#names.splice(at, 1)[0] as Name;
  }

  clear(): void {
    this.#tasks.length = 0;
    this.#names.length = 0;
  }
}

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
