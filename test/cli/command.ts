import { spawn, spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readdirSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("../../", import.meta.url));
const main = join(root, "dist/cli/main.js");
if (!existsSync(main)) spawnSync("npm", ["run", "build"], { cwd: root, stdio: "inherit" });

export const fixture = (name: string) => join(root, "test/fixtures", name);

/** A new empty folder. */
export const emptyFolder = () => mkdtempSync(join(tmpdir(), "go2perfetto-test-"));

export interface Result {
  readonly code: number | null;
  readonly stdout: Buffer;
  readonly stderr: string;
}

/** Runs the built command. */
export function go2perfetto(
  args: readonly string[],
  options: { input?: Uint8Array; cwd?: string } = {},
): Result {
  const env = { ...process.env, NO_COLOR: "1" };
  const { status, stdout, stderr } = spawnSync(process.execPath, [main, ...args], {
    ...options,
    env,
    maxBuffer: 1 << 28,
  });
  return { code: status, stdout, stderr: stderr.toString() };
}

/** Runs a line of shell, in which `go2perfetto` is the built command. Its code is that of the last command. */
export function shell(line: string, cwd: string): Result {
  const define = `go2perfetto() { "${process.execPath}" "${main}" "$@"; }`;
  const env = { ...process.env, NO_COLOR: "1" };
  const { status, stdout, stderr } = spawnSync("bash", ["-c", `${define}\n${line}`], { cwd, env });
  return { code: status, stdout, stderr: stderr.toString() };
}

/** Starts the built command. */
export const start = (args: readonly string[], cwd: string) =>
  spawn(process.execPath, [main, ...args], { cwd, stdio: ["pipe", "pipe", "pipe"] });

/** Names of the files in a folder. */
export const filesIn = (folder: string) => readdirSync(folder).sort();
