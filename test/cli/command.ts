import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdtempSync, readdirSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("../../", import.meta.url));
export const main = join(root, "dist/cli/main.js");
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
  { environment, ...options }: { input?: Uint8Array; cwd?: string; environment?: NodeJS.ProcessEnv } = {},
): Result {
  const env = { ...process.env, NO_COLOR: "1", ...environment };
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

/** Runs the built command while this process goes on, as one that serves it must. */
export async function running(args: readonly string[], cwd: string): Promise<Result> {
  const child = start(args, cwd);
  child.stdin.end();
  return resultOf(child);
}

/** What becomes of a command that was started. */
export async function resultOf(child: ReturnType<typeof start>): Promise<Result> {
  const [stdout, stderr] = [child.stdout, child.stderr].map((stream) => stream.toArray());
  const [code] = await once(child, "close");
  const text = Buffer.concat((await stderr) ?? []).toString();
  return { code: code as number | null, stdout: Buffer.concat((await stdout) ?? []), stderr: text };
}

/** Starts the built command. */
export const start = (args: readonly string[], cwd: string, environment: NodeJS.ProcessEnv = {}) =>
  spawn(process.execPath, [main, ...args], {
    cwd,
    stdio: ["pipe", "pipe", "pipe"],
    env: { ...process.env, NO_COLOR: "1", ...environment },
  });

/** Names of the files in a folder. */
export const filesIn = (folder: string) => readdirSync(folder).sort();
