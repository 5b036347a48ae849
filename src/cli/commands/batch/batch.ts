import { resolve } from "node:path";
import { counted } from "../../../base/grouped.js";
import { jsonText } from "../../../report/json.js";
import { terminalText } from "../../../report/terminal.js";
import type { LimitOptions } from "../../options/limits.js";
import { queryOf } from "../../options/selection.js";
import { makeFolder, writeText } from "../../output/open-output.js";
import { rememberComplete } from "../../output/pending-file.js";
import { ExitCode } from "../../process/exit-codes.js";
import { failureOf } from "../../process/failure.js";
import { Messages } from "../../process/messages.js";
import { onStop } from "../../process/signals.js";
import { STDIO } from "../../process/stdio.js";
import type { ConvertOptions } from "../convert/convert.js";
import type { Extra, WorkOptions, WorkResult } from "./file-work.js";
import { findInputs } from "./inputs.js";
import { isInShard, type PlannedFile, planOutputs, type Shard } from "./plan.js";
import { WorkerPool } from "./pool.js";
import { Records } from "./record.js";
import { batchReport, batchTable, countsText, findingTable } from "./report.js";
import type { BatchRow } from "./row.js";

const ALLOW_MISSING = "With --allow-missing, its figures are 0.";

/** The options of `batch`. */
export interface BatchOptions extends ConvertOptions, LimitOptions {
  readonly outDir: string;
  readonly jobs?: number;
  readonly resume?: boolean;
  readonly shard?: Shard;
  readonly report?: string;
  readonly also?: readonly Extra[];
  /** Where a viewer shows traces of the program's own tracing. */
  readonly traceUrl?: string;
}

/** `go2perfetto batch IN… --out-dir D` */
export async function batchCommand(words: readonly string[], options: BatchOptions): Promise<ExitCode> {
  const {
    outDir,
    jobs,
    resume,
    shard,
    report: reportFile,
    also = [],
    assert: limits = [],
    allowMissing = false,
    traceUrl,
    ...convert
  } = options;
  queryOf(options);
  const messages = new Messages(options);
  const inputs = await findInputs(words, resolve(outDir));
  const missing = inputs.missing.map((row): BatchRow => ({ ...row, exitCode: ExitCode.Failed }));
  for (const { input, error } of inputs.missing) messages.error(`${input}: ${error}`);
  const all = planOutputs(inputs, outDir, options.format ?? "pftrace");
  const files = shard === undefined ? all : all.filter((file) => isInShard(file, shard));
  if (files.length > 0) await makeFolder(outDir);
  const work: WorkOptions = { convert, also, limits, allowMissing, traceUrl };
  const run = new BatchRun(files, await Records.open(outDir, work), messages);
  const rows = await run.rows((count) => new WorkerPool(jobs, count, work), resume === true);
  for (const { output } of files) rememberComplete(output);
  const report = batchReport([...missing, ...rows], shard);
  if (reportFile !== undefined) await writeText(reportFile, jsonText(report));
  if (also.includes("html") && files.length > 0) {
    const { writeIndex } = await import("./index-file.js");
    messages.info(`index of all reports: ${await writeIndex(report, outDir)}`);
  }
  if (!options.quiet && report.files.length > 0 && reportFile !== STDIO) {
    const findings = findingTable(report);
    const tables = findings.rows.length > 0 ? [batchTable(report), findings] : [batchTable(report)];
    await writeText(STDIO, terminalText(tables, process.stdout.columns));
  }
  messages.info(countsText(report.counts));
  return report.exitCode;
}

/** The traces of one run. */
class BatchRun {
  #done = 0;

  constructor(
    private readonly files: readonly PlannedFile[],
    private readonly records: Records,
    private readonly messages: Messages,
  ) {}

  /** Converts all traces. @returns the results, in the same order */
  async rows(openPool: (files: number) => WorkerPool, resume: boolean): Promise<BatchRow[]> {
    const known = new Map<PlannedFile, BatchRow>();
    if (resume) {
      for (const file of this.files) {
        const row = await this.records.find(file);
        if (row !== undefined) known.set(file, row);
      }
    }
    const rest = this.files.filter((file) => !known.has(file));
    this.#done = known.size;
    if (rest.length > 0) await this.#work(openPool(rest.length), rest, known);
    return this.files.flatMap((file) => known.get(file) ?? []);
  }

  async #work(
    pool: WorkerPool,
    files: readonly PlannedFile[],
    rows: Map<PlannedFile, BatchRow>,
  ): Promise<void> {
    const forget = onStop(() => pool.stop().then(() => undefined));
    const queue = files.values();
    const next = async (): Promise<void> => {
      for (const file of queue) {
        const record = await this.records.begin(file);
        const result = await pool.work(file);
        await record(result).catch((error: unknown) => this.#unrecorded(file, error));
        rows.set(file, result.row);
        this.#tell(file, result);
      }
    };
    await Promise.all(Array.from({ length: pool.threads }, next));
    forget();
    await pool.close();
  }

  #unrecorded({ input }: PlannedFile, error: unknown): void {
    this.messages.warning(`--resume will convert ${input} again: ${failureOf(error).message}`);
  }

  #tell({ input, output }: PlannedFile, { row, messages }: WorkResult): void {
    const { error, advice, events = 0, seconds = 0, limits = [] } = row;
    this.#done++;
    const place = `[${this.#done}/${this.files.length}]`;
    for (const line of messages) this.messages.line(line);
    if (error !== undefined) this.messages.error(error, advice);
    for (const { limit, holds, missing } of limits) {
      if (missing !== undefined)
        this.messages.error(`${input} has no "${missing}", which the limit ${limit} names`, ALLOW_MISSING);
      else if (!holds) this.messages.warning(`${input} exceeds ${limit}`);
    }
    const outcome =
      error === undefined ? `${output}: ${counted(events, "event")} in ${seconds.toFixed(1)} s` : "failed";
    this.messages.info(`${place} ${input} → ${outcome}`);
  }
}
