import { spawnSync } from "node:child_process";
import { cpSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { emptyFolder } from "../cli/command.js";
import { optionalPart } from "./optional.js";

const ROOT = fileURLToPath(new URL("../..", import.meta.url));

/** The blocks of commands in an example's README, in their order. */
export function commandsOf(example: string): string[] {
  const text = readFileSync(join(ROOT, "examples", example, "README.md"), "utf8");
  return [...text.matchAll(/^```sh\n([\s\S]*?)^```/gm)].map(([, commands = ""]) => commands);
}

/** A file of an example. */
export const exampleFile = (path: string) => readFileSync(join(ROOT, "examples", path), "utf8");

/** A folder with a copy of an example, in which nothing else is. */
export function copyOf(example: string): string {
  const folder = emptyFolder();
  cpSync(join(ROOT, "examples", example), folder, { recursive: true });
  return folder;
}

/**
 * Runs commands of a shell, each of which has to succeed, with the built `go2perfetto` among them.
 * @returns what they print, on both outputs
 * @throws Error with all that was printed if one fails
 */
export function runCommands(commands: string, cwd: string, env: NodeJS.ProcessEnv = {}): string {
  const bin = emptyFolder();
  mkdirSync(bin, { recursive: true });
  const main = join(ROOT, "dist/cli/main.js");
  writeFileSync(join(bin, "go2perfetto"), `#!/bin/sh\nexec "${process.execPath}" "${main}" "$@"\n`, {
    mode: 0o755,
  });
  const { status, stdout, stderr } = spawnSync("bash", ["-euo", "pipefail", "-c", commands], {
    cwd,
    env: { ...process.env, PATH: `${bin}:${process.env.PATH}`, NO_COLOR: "1", ...env },
    encoding: "utf8",
  });
  if (status !== 0) throw new Error(`exit code ${status} of\n${commands}\n${stdout}${stderr}`);
  return stdout + stderr;
}

/** Whether there is a command; if not, `part` is left out. */
export const haveCommand = (command: string, part: string): boolean =>
  optionalPart(part, () =>
    spawnSync("bash", ["-c", `command -v ${command}`]).status === 0 ? undefined : `there is no ${command}`,
  );
