import {
  copyFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { dirname, join } from "node:path";
import type { BatchReport } from "../../../../src/cli/commands/batch/report.js";
import { emptyFolder, go2perfetto } from "../../command.js";

/** What a batch gave, with the files in its folder `out`. */
export interface Batch {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
  readonly report: BatchReport;
  readonly outputs: readonly string[];
}

/** A folder with files by their paths: copies of traces, or bytes. */
export function folderOf(files: Readonly<Record<string, string | Uint8Array>>): string {
  const folder = emptyFolder();
  for (const [path, content] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    if (typeof content === "string") copyFileSync(content, join(folder, path));
    else writeFileSync(join(folder, path), content);
  }
  return folder;
}

/** Files below a folder, but the records of what has been done. */
export const outputsIn = (folder: string) =>
  readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(folder.length + 1))
    .filter((path) => !path.startsWith(".go2perfetto"))
    .sort();

/** Runs a batch in a folder, into its folder `out`. The report is of this run or there is none. */
export function batch(
  cwd: string,
  args: readonly string[],
  environment: NodeJS.ProcessEnv = {},
  input?: string,
): Batch {
  rmSync(join(cwd, "report.json"), { force: true });
  const { code, stdout, stderr } = go2perfetto(
    ["batch", ...args, "--out-dir", "out", "--report", "report.json"],
    { cwd, environment, ...(input !== undefined && { input: Buffer.from(input) }) },
  );
  const report = existsSync(join(cwd, "report.json"))
    ? JSON.parse(readFileSync(join(cwd, "report.json"), "utf8"))
    : undefined;
  const outputs = existsSync(join(cwd, "out")) ? outputsIn(join(cwd, "out")) : [];
  return { code, stdout: stdout.toString(), stderr, report, outputs };
}
