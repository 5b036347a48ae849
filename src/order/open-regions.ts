import type { Diagnostics } from "../base/diagnostics.js";
import { RegionMatch } from "../event/kind.js";
import type { EventContext } from "./event-context.js";

/**
 * How many regions outward the search for an ending region goes. Programs that end regions out of order are a
 * few levels off. Without a limit, each end in a crafted trace costs as much as there are open regions.
 */
const MOST_WITHIN = 64;

/** The open user regions of a goroutine, innermost last. @typeParam Name identifies a name */
export class OpenRegions<Name> {
  readonly #tasks: number[] = [];
  readonly #names: Name[] = [];

  get size(): number {
    return this.#names.length;
  }

  /** The name of the innermost region. */
  get innermost(): Name | undefined {
    return this.#names.at(-1);
  }

  begin(task: number, name: Name): void {
    this.#tasks.push(task);
    this.#names.push(name);
  }

  /**
   * The number of regions open inside the region, or {@link RegionMatch} if it is not open.
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

  /** Ends the region that has `within` others inside. @returns its name */
  end(within: number): Name {
    if (within === 0) {
      this.#tasks.pop();
      return this.#names.pop() as Name;
    }
    const at = this.#names.length - 1 - within;
    this.#tasks.splice(at, 1);
    return this.#names.splice(at, 1)[0] as Name;
  }

  clear(): void {
    this.#tasks.length = 0;
    this.#names.length = 0;
  }
}

/** Package whose functions call the function that the program wrote. */
const ANNOTATION = "runtime/trace.";

/**
 * Records what the region end that was just emitted ends. Counts it if the program ends regions wrongly.
 * @param within number of regions open inside it, or {@link RegionMatch}
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

/** The region, its goroutine and its place in the program. */
function describe({ block, goroutine }: EventContext, what: string): string {
  const event = block.length - 1;
  const { strings, stacks } = block.generation ?? {};
  const frames = stacks?.frames(block.stack[event] as number) ?? [];
  const frame = frames.find(({ func }) => !func.startsWith(ANNOTATION));
  const place = frame === undefined ? "" : ` at ${frame.func}:${frame.line}`;
  const name = strings?.text(block.name[event] as number) ?? "";
  return `${name === "" ? "a region without a name" : `region "${name}"`} ${what} on goroutine ${goroutine}${place}`;
}
