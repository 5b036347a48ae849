import { stackKey } from "./go-parsed.js";
import type { TraceProcessor } from "./trace-processor.js";

interface Frame {
  readonly id: number;
  readonly parent: number | null;
  readonly func: string;
  readonly file: string | null;
  readonly line: number | null;
}

const FRAMES = `select c.id as id, c.parent_id as parent, f.name as func, s.source_file as file, s.line_number as line
  from stack_profile_callsite c join stack_profile_frame f on c.frame_id = f.id
  left join stack_profile_symbol s using (symbol_set_id)`;

/** The callstacks in Perfetto's tables, in the form of {@link stackKey}. */
export class SqlStacks {
  readonly #frames = new Map<number, Frame>();
  readonly #keys = new Map<number, string>();

  constructor(tp: TraceProcessor) {
    for (const frame of tp.query<Frame>(FRAMES)) this.#frames.set(frame.id, frame);
  }

  /** The stack of a call site; empty for none. */
  key(callsite: number | null): string {
    if (callsite === null) return "";
    const known = this.#keys.get(callsite);
    if (known !== undefined) return known;
    const frame = this.#frames.get(callsite);
    if (frame === undefined) throw new Error(`no call site ${callsite}`);
    const key = stackKey([[frame.func, `${frame.file ?? ""}:${frame.line ?? 0}`]]) + this.key(frame.parent);
    this.#keys.set(callsite, key);
    return key;
  }
}
