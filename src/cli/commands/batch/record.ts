import { readFile, rm, stat } from "node:fs/promises";
import { basename, dirname, join, relative } from "node:path";
import { makeFolder, writeText } from "../../output/write-text.js";
import { VERSION } from "../../process/version.js";
import type { WorkOptions, WorkResult } from "./file-work.js";
import type { PlannedFile } from "./plan.js";
import type { BatchRow } from "./row.js";

/** The folder in the output folder that holds a record of each trace. */
const RECORDS = ".go2perfetto";

/** What a file looked like. */
interface FileState {
  readonly size: number;
  readonly mtimeMs: number;
}

/** What was made of a trace, by what, and how. */
interface Record {
  readonly version: string;
  readonly options: string;
  /** With its name, which the output shows. */
  readonly input: FileState & { readonly name: string };
  /** Paths in the output folder, which may be called something else the next time; so are those in the row. */
  readonly outputs: readonly (FileState & { readonly path: string })[];
  readonly row: BatchRow;
}

/**
 * Records of what was made of which traces, for `--resume`: a small file for each beside the outputs, so that machines which
 * share a folder do not write the same one. There is none while a trace is worked on.
 *
 * That an output is newer than its trace follows from its record: the trace looked like this before the work began, and the
 * output like that behind it. Times alone decide only of outputs that have been copied since: they may come from the
 * clocks of several machines, or from one that was set.
 */
export class Records {
  readonly #outDir: string;
  readonly #options: string;

  private constructor(outDir: string, options: string) {
    this.#outDir = outDir;
    this.#options = options;
  }

  static async open(outDir: string, options: WorkOptions): Promise<Records> {
    return new Records(outDir, await optionsText(options));
  }

  /** What became of a trace in an earlier run, if that would be the same now: undefined if not. */
  async find(file: PlannedFile): Promise<BatchRow | undefined> {
    const record = await this.#read(file);
    if (record?.version !== VERSION || record.options !== this.#options) return undefined;
    const { input, outputs, row } = record;
    const { name, size, mtimeMs } = input;
    const now = await stateOf(file.input);
    if (name !== basename(file.input) || now?.size !== size || now.mtimeMs !== mtimeMs) return undefined;
    for (const output of outputs) {
      const found = await stateOf(join(this.#outDir, output.path));
      if (found?.size !== output.size) return undefined;
      if (found.mtimeMs !== output.mtimeMs && found.mtimeMs <= mtimeMs) return undefined;
    }
    return { ...withPaths(row, (path) => join(this.#outDir, path)), input: file.input, skipped: true };
  }

  /**
   * Removes what is recorded of a trace.
   * @returns what keeps a new record of it; it fails if that cannot be written
   */
  async begin(file: PlannedFile): Promise<(result: WorkResult) => Promise<void>> {
    // Where nothing can be removed nothing can be written either, which the work itself will say.
    await rm(this.#path(file), { force: true }).catch(() => undefined);
    const input = await stateOf(file.input);
    return async ({ row, outputs }) => {
      if (row.error !== undefined || input === undefined) return;
      const made: Record["outputs"][number][] = [];
      for (const path of outputs) {
        const state = await stateOf(path);
        // Somebody has removed it.
        if (state === undefined) return;
        made.push({ path: relative(this.#outDir, path), ...state });
      }
      await this.#write(file, {
        version: VERSION,
        options: this.#options,
        input: { name: basename(file.input), ...input },
        outputs: made,
        row: withPaths(row, (path) => relative(this.#outDir, path)),
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
    await makeFolder(dirname(path));
    await writeText(path, JSON.stringify(record));
  }

  #path({ key }: PlannedFile): string {
    return join(this.#outDir, RECORDS, `${key}.json`);
  }
}

/** What decides what the outputs hold. How much is said meanwhile does not. */
async function optionsText({ convert, ...others }: WorkOptions): Promise<string> {
  const { quiet: _quiet, verbose: _verbose, progress: _progress, color: _color, ...shown } = convert;
  const sorted = Object.fromEntries(Object.entries(shown).sort(([a], [b]) => (a < b ? -1 : 1)));
  const binary = convert.binary === undefined ? undefined : await stateOf(convert.binary);
  return JSON.stringify({ ...sorted, ...others, binaryState: binary }, (_key, value) =>
    value instanceof RegExp ? String(value) : (value as unknown),
  );
}

function withPaths(row: BatchRow, change: (path: string) => string): BatchRow {
  const { output, also } = row;
  const { pprof, stats } = also ?? {};
  return {
    ...row,
    ...(output !== undefined && { output: change(output) }),
    ...(also !== undefined && {
      also: {
        ...(pprof !== undefined && { pprof: change(pprof) }),
        ...(stats !== undefined && { stats: change(stats) }),
      },
    }),
  };
}

async function stateOf(path: string): Promise<FileState | undefined> {
  try {
    const { size, mtimeMs } = await stat(path);
    return { size, mtimeMs };
  } catch {
    return undefined;
  }
}
