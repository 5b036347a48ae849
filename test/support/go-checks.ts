import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { haveCommand } from "./examples.js";

const CHECKS = fileURLToPath(new URL("go-checks", import.meta.url));

/** Whether there is Go, which the checkers of `go-checks` need. */
export const haveGo = haveCommand("go", "workflows, jobs and Dockerfiles checked by those who read them");

/** Runs a checker from the module of checks. @returns what it prints @throws Error with its complaints */
export function check(...args: string[]): string {
  const { status, stdout, stderr } = spawnSync("go", args, { cwd: CHECKS, encoding: "utf8" });
  const complaints = stderr.replace(/^go: downloading.*\n/gm, "");
  if (status !== 0 || complaints !== "") throw new Error(`exit code ${status}: ${stdout}${complaints}`);
  return stdout.trim();
}
