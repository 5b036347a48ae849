import { execFileSync } from "node:child_process";
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { BenchFailure } from "./failure.mjs";
import { benchDir, workDir } from "./paths.mjs";

const binDir = join(workDir, "bin");

/** The last release whose traces have format 1; the go command fetches it. */
const GO_OF_FORMAT_1 = "go1.21.13";

/**
 * Builds the Go programs of the benchmark; Go's own cache makes this quick when nothing changed.
 * @param {boolean} withFormat1 whether traces in format 1 are wanted
 * @returns the paths of the programs and the version of Go that built them; of the servers by the format they write
 * @throws {BenchFailure} without Go, or when it cannot build them
 */
export function buildGoTools(withFormat1) {
  mkdirSync(binDir, { recursive: true });
  for (const module of ["goloop", "server"]) {
    // The trailing slash has Go name each program after its folder.
    go(["build", "-trimpath", "-buildvcs=false", "-o", `${binDir}/`, "./..."], join(benchDir, module));
  }
  const version = go(["version"], join(benchDir, "server")).trim();
  return {
    goloop: join(binDir, "goloop"),
    launch: join(binDir, "launch"),
    version,
    servers: {
      2: { path: join(binDir, "server"), version },
      ...(withFormat1 && { 1: buildOldServer() }),
    },
  };
}

/** The same server as a program of Go 1.21. */
function buildOldServer() {
  const path = join(binDir, "server-go1.21");
  const cwd = join(benchDir, "server");
  const env = { GOTOOLCHAIN: GO_OF_FORMAT_1 };
  go(["build", "-modfile=go1.21.mod", "-trimpath", "-buildvcs=false", "-o", path, "."], cwd, env);
  return { path, version: GO_OF_FORMAT_1 };
}

function go(args, cwd, env = {}) {
  try {
    return execFileSync("go", args, {
      cwd,
      // A workspace or a foreign platform set up by the user is not for these modules.
      env: { ...process.env, GOWORK: "off", GOOS: "", GOARCH: "", ...env },
      encoding: "utf8",
      stdio: ["ignore", "pipe", "inherit"],
    });
  } catch (error) {
    if (error.code === "ENOENT")
      throw new BenchFailure("Go is not installed: the benchmark needs Go 1.26 or newer");
    throw new BenchFailure(`go ${args[0]} failed in ${cwd}`);
  }
}
