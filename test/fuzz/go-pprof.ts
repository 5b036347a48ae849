import { execFileSync, type StdioOptions } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { optionalPart } from "../support/optional.js";

let haveGo: boolean | undefined;

/** What Go's own tool has against a profile. */
export function goPprofProblems(profile: Uint8Array): string[] {
  haveGo ??= optionalPart("fuzzing by go tool pprof", () => {
    try {
      execFileSync("go", ["version"], { stdio: "ignore" });
      return undefined;
    } catch {
      return "there is no go command";
    }
  });
  if (!haveGo) return [];
  const folder = mkdtempSync(join(tmpdir(), "fuzz-"));
  const path = join(folder, "profile");
  writeFileSync(path, profile);
  try {
    const stdio: StdioOptions = ["ignore", "ignore", "pipe"];
    execFileSync("go", ["tool", "pprof", "-raw", "-output", `${path}.txt`, path], { stdio });
    return [];
  } catch (error) {
    return [String((error as { readonly stderr?: Buffer }).stderr).trim()];
  } finally {
    rmSync(folder, { recursive: true });
  }
}
