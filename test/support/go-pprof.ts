import { execFileSync } from "node:child_process";
import { optionalPart } from "./optional.js";

/** Whether there is a `go tool pprof`. */
export function hasGoPprof(part: string): boolean {
  return optionalPart(part, () => {
    try {
      execFileSync("go", ["tool", "pprof", "-h"], { stdio: "ignore" });
      return undefined;
    } catch (error) {
      return (error as { code?: unknown }).code === "ENOENT" ? "there is no go command" : "no go tool pprof";
    }
  });
}

/** What `go tool pprof` prints. */
export function goPprof(...args: readonly string[]): string {
  const options = { env: { ...process.env, PPROF_NO_BROWSER: "1" }, stdio: "pipe" } as const;
  return execFileSync("go", ["tool", "pprof", ...args], options).toString();
}
