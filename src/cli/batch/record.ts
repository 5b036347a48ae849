import { mkdir, readFile, rm, stat } from "node:fs/promises";
import { dirname, join } from "node:path";
import { VERSION } from "../version.js";
import { writeText } from "../write-text.js";
import type { WorkOptions, WorkResult } from "./file-work.js";
import type { PlannedFile } from "./plan.js";
import type { BatchRow } from "./row.js";

/** The folder in the output folder that holds a record of each trace. */
export const RECORDS = ".go2perfetto";

/** What a file looked like. */
interface FileState {
  readonly size: number;
  readonly mtimeMs: number;
}

/** What was made of a trace, by what, and how. */
interface Record {
  readonly version: string;
  readonly options: string;
  readonly input: FileState;
  readonly outputs: readonly (FileState & { readonly path: string })[];
  readonly row: BatchRow;
}

/**
 * Records of what was made of which traces, for `--resume`: a small file for each beside the outputs, so that machines which
 * share a folder do not write the same one. There is none while a trace is worked on.
 */
export class Records {
  readonly #folder: string;
  readonly #options: string;

  constructor(outDir: string, options: WorkOptions) {
    this.#folder = join(outDir, RECORDS);
    this.#options = optionsText(options);
  }

  /** What became of a trace in an earlier run, if that would be the same now: undefined if not. */
  async find(file: PlannedFile): Promise<BatchRow | undefined> {
    const record = await this.#read(file);
    if (record?.version !== VERSION || record.options !== this.#options) return undefined;
    const input = await stateOf(file.input);
    if (input === undefined || !isSame(input, record.input)) return undefined;
    for (const output of record.outputs) {
      const state = await stateOf(output.path);
      if (state === undefined || !isSame(state, output) || state.mtimeMs < input.mtimeMs) return undefined;
    }
    return { ...record.row, input: file.input, skipped: true };
  }

  /** Removes what is recorded of a trace. @returns what keeps a new record of it */
  async begin(file: PlannedFile): Promise<(result: WorkResult) => Promise<void>> {
    await rm(this.#path(file), { force: true });
    const input = await stateOf(file.input);
    return async ({ row, outputs }) => {
      if (row.error !== undefined || input === undefined) return;
      const states = await Promise.all(outputs.map(async (path) => ({ path, ...(await stateOf(path)) })));
      await this.#write(file, {
        version: VERSION,
        options: this.#options,
        input,
        outputs: states as Record["outputs"],
        row,
      });
    };
  }

  async #read(file: PlannedFile): Promise<Record | undefined> {
    try {
      return JSON.parse(await readFile(this.#path(file), "utf8")) as Record;
    } catch {
      // No record, or none that can be used: the trace is worked on again.
      return undefined;
    }
  }

  async #write(file: PlannedFile, record: Record): Promise<void> {
    const path = this.#path(file);
    await mkdir(dirname(path), { recursive: true });
    await writeText(path, JSON.stringify(record));
  }

  #path({ key }: PlannedFile): string {
    return join(this.#folder, `${key}.json`);
  }
}

/** What decides what the outputs hold. How much is said meanwhile does not. */
function optionsText({ convert, ...others }: WorkOptions): string {
  const { quiet: _quiet, verbose: _verbose, progress: _progress, color: _color, ...shown } = convert;
  const sorted = Object.fromEntries(Object.entries(shown).sort(([a], [b]) => (a < b ? -1 : 1)));
  return JSON.stringify({ ...sorted, ...others }, (_key, value) =>
    value instanceof RegExp ? String(value) : (value as unknown),
  );
}

async function stateOf(path: string): Promise<FileState | undefined> {
  try {
    const { size, mtimeMs } = await stat(path);
    return { size, mtimeMs };
  } catch {
    return undefined;
  }
}

function isSame(one: FileState, other: FileState): boolean {
  return one.size === other.size && one.mtimeMs === other.mtimeMs;
}
