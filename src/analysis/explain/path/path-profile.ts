import { NONE } from "../../../base/ids.js";
import type { StackFrame } from "../../../event/tables.js";
import type { ProfileSample, ProfileStream } from "../../profile/profile.js";
import { DOING_NAMES, Doing } from "../doing.js";
import type { InstanceVisitor, PathPiece } from "./critical-paths.js";
import { functionOf, type PartNames } from "./path-sums.js";

/** Waits shown below a piece; those between the first ones and the piece are left out. */
const WAITS = 16;
/** Kinds of pieces kept; those beyond count by what is done alone. */
const KEPT = 1 << 16;

interface Sum {
  readonly doing: Doing;
  readonly func: number;
  readonly stack: number;
  readonly waits: readonly number[];
  count: number;
  time: number;
}

/**
 * Critical paths as a profile: the stack of the instance's goroutine, upon it that of the one for which it waits, and so
 * on, up to what that one does. Give {@link visit} to {@link CriticalPaths}. The times sum to those of all instances.
 */
export class PathProfile {
  readonly #sums = new Map<string, Sum>();

  readonly visit: InstanceVisitor = (_instance, piece) => {
    const time = piece.until - piece.since - piece.stopped;
    if (time > 0) this.#add(piece, piece.doing, time);
    if (piece.stopped > 0) this.#add(piece, Doing.Stopped, piece.stopped);
  };

  /**
   * The profile.
   * @param names of the same {@link CriticalPaths}
   * @param duration nanoseconds of the trace
   * @param of the region or type of task, for labels
   */
  stream(
    { functions, stacks }: PartNames,
    duration: number,
    { region = "", task = "" }: { readonly region?: string; readonly task?: string },
  ): ProfileStream<"path"> {
    const made = new MadeFrames();
    const sampleOf = ({ count, doing, func, stack, time, waits }: Sum): ProfileSample => {
      const own = stacks.frames(stack);
      const goroutine = functionOf(func, own, functions);
      return {
        stack: [
          made.frame(`[${DOING_NAMES[doing]}]`),
          // Whoever waits for a P or ends has no stack.
          ...(own.length > 0 || goroutine === "" ? own : [made.frame(goroutine)]),
          ...waits.toReversed().flatMap((wait) => stacks.frames(wait)),
        ],
        values: [count, time],
        labels: { goroutine, reason: DOING_NAMES[doing] ?? "", region, task },
      };
    };
    const sums = [...this.#sums.values()].sort((a, b) => b.time - a.time);
    return {
      kind: "path",
      sampleTypes: [
        { type: "pieces", unit: "count" },
        { type: "latency", unit: "nanoseconds" },
      ],
      periodType: { type: "trace", unit: "count" },
      period: 1,
      duration,
      samples: samplesOf(sums, sampleOf),
    };
  }

  #add({ func, stack, waits: all }: PathPiece, doing: Doing, time: number): void {
    const waits = all.slice(0, WAITS);
    let key = `${doing} ${func} ${stack} ${waits.join(" ")}`;
    let sum = this.#sums.get(key);
    if (sum === undefined && this.#sums.size >= KEPT) {
      key = String(doing);
      sum = this.#sums.get(key) ?? { doing, func: NONE, stack: 0, waits: [], count: 0, time: 0 };
    }
    sum ??= { doing, func, stack, waits, count: 0, time: 0 };
    sum.count++;
    sum.time += time;
    this.#sums.set(key, sum);
  }
}

/** Frames that no program has, at addresses that no function has. */
class MadeFrames {
  readonly #frames = new Map<string, StackFrame>();

  frame(func: string): StackFrame {
    let frame = this.#frames.get(func);
    if (frame === undefined) {
      frame = { pc: BigInt(this.#frames.size + 1), func, file: "", line: 0 };
      this.#frames.set(func, frame);
    }
    return frame;
  }
}

function* samplesOf(sums: readonly Sum[], of: (sum: Sum) => ProfileSample): Generator<ProfileSample> {
  for (const sum of sums) yield of(sum);
}
