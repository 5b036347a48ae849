import { createHash } from "node:crypto";
import { readFile, rm, stat } from "node:fs/promises";
import { basename, dirname, join, relative } from "node:path";
import { makeFolder, writeText } from "../../output/open-output.js";
import { VERSION } from "../../process/version.js";
import type { WorkOptions, WorkResult } from "./file-work.js";
import type { PlannedFile } from "./plan.js";
import type { BatchRow } from "./row.js";

/** The folder of records, in the output folder. */
const RECORDS = ".go2perfetto";

/** The state of a file. */
interface FileState {
  readonly size: number;
  readonly mtimeMs: number;
}

/** What was written for a trace, by which version and options. */
interface Record {
  readonly version: string;
  readonly options: string;
  /** Includes the name, which appears in the output. */
  readonly input: FileState & { readonly name: string };
  /** Paths are relative to the output folder, which may be renamed. This includes the row. */
  readonly outputs: readonly (FileState & { readonly path: string })[];
  readonly row: BatchRow;
}

/**
 * Records for `--resume`: a small file per trace, so that machines with a shared folder never write the same
 * file. A trace has no record while it is converted.
 *
 * A record holds the state of the trace before the conversion and the states of the outputs after it.
 * Comparing states works across the clocks of several machines and after a clock was set. Only outputs that
 * were copied since are compared by time.
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

  /** The result of an earlier run, if a conversion now would give the same result. */
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
   * Removes the record of a trace.
   * @returns a function that writes the new record, and fails if it cannot
   */
  async begin(file: PlannedFile): Promise<(result: WorkResult) => Promise<void>> {
    // If the record cannot be removed, the folder is not writable, and the conversion will report that.
    await rm(this.#path(file), { force: true }).catch(() => undefined);
    const input = await stateOf(file.input);
    return async ({ row, outputs }) => {
      if (row.error !== undefined || input === undefined) return;
      const made: Record["outputs"][number][] = [];
      for (const path of outputs) {
        const state = await stateOf(path);
        // Another process removed the file.
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
      // Without a usable record the trace is converted again.
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

/** The options that change the outputs. Options about messages do not. A key stays secret. */
async function optionsText({ convert, ...others }: WorkOptions): Promise<string> {
  const { quiet: _quiet, verbose: _verbose, progress: _progress, color: _color, ...rest } = convert;
  const { naming, ...shown } = rest;
  const sorted = Object.fromEntries(Object.entries(shown).sort(([a], [b]) => (a < b ? -1 : 1)));
  const binary = convert.binary === undefined ? undefined : await stateOf(convert.binary);
  const key = naming && createHash("sha256").update(naming.key).digest("hex");
  return JSON.stringify({ ...sorted, ...others, binaryState: binary, key }, (_key, value) =>
    value instanceof RegExp ? String(value) : (value as unknown),
  );
}

function withPaths(row: BatchRow, change: (path: string) => string): BatchRow {
  const { output, also } = row;
  const { explain, html, pprof, stats } = also ?? {};
  return {
    ...row,
    ...(output !== undefined && { output: change(output) }),
    ...(also !== undefined && {
      also: {
        ...(pprof !== undefined && { pprof: change(pprof) }),
        ...(stats !== undefined && { stats: change(stats) }),
        ...(explain !== undefined && { explain: change(explain) }),
        ...(html !== undefined && { html: change(html) }),
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
