import type { CommonOptions } from "../../options/common.js";
import type { SelectionOptions } from "../../options/selection.js";
import type { SplitOptions } from "../../options/split.js";
import type { ExitCode } from "../../process/exit-codes.js";
import { convertCommand } from "../convert/convert.js";

export interface TrimOptions extends CommonOptions, SelectionOptions, SplitOptions {
  readonly output?: string;
  /** The N of the header `go 1.N trace` to write. */
  readonly goVersion?: number;
  readonly slim?: boolean;
}

/** What only viewers' formats look at. */
const NO_VIEW = { detail: "full", group: "function", stacks: "callstack", lanes: "auto" } as const;

/** `go2perfetto trim IN -o OUT` */
export async function trimCommand(path: string, options: TrimOptions): Promise<ExitCode> {
  return convertCommand(path, { ...NO_VIEW, ...options, format: "go" });
}
