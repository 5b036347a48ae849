import { execFileSync } from "node:child_process";
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { BenchFailure } from "./failure.mjs";
import { benchDir, workDir } from "./paths.mjs";

const binDir = join(workDir, "bin");

/**
 * Builds the Go programs of the benchmark; Go's own cache makes this quick when nothing changed.
 * @returns the paths of the programs and the version of Go that built them
 * @throws {BenchFailure} without Go, or when it cannot build them
 */
export function buildGoTools() {
  mkdirSync(binDir, { recursive: true });
  for (const module of ["goloop", "server"]) {
    // The trailing slash has Go name each program after its folder.
    go(["build", "-trimpath", "-buildvcs=false", "-o", `${binDir}/`, "./..."], join(benchDir, module));
  }
  return {
    goloop: join(binDir, "goloop"),
    launch: join(binDir, "launch"),
    server: join(binDir, "server"),
    version: go(["version"], join(benchDir, "server")).trim(),
  };
}

function go(args, cwd) {
  try {
    return execFileSync("go", args, {
      cwd,
      // A workspace or a foreign platform set up by the user is not for these modules.
      env: { ...process.env, GOWORK: "off", GOOS: "", GOARCH: "" },
      encoding: "utf8",
      stdio: ["ignore", "pipe", "inherit"],
    });
  } catch (error) {
    if (error.code === "ENOENT")
      throw new BenchFailure("Go is not installed: the benchmark needs Go 1.26 or newer");
    throw new BenchFailure(`go ${args[0]} failed in ${cwd}`);
  }
}
