import { execFileSync, type StdioOptions } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { optionalPart } from "./optional.js";

/** A release that every Go since 1.21 can fetch for itself. */
const TOOLCHAIN = "go1.26.0";

/** A Go installation's sources. */
export interface GoSource {
  readonly root: string;
  /** The N of its version 1.N. */
  readonly minor: number;
}

/**
 * An installed Go that has a source file, else a newer one that it fetches; undefined where neither is to be had, and
 * then `part` is left out.
 */
export function goSourceWith(file: string, part: string): GoSource | undefined {
  let root: string | undefined;
  optionalPart(part, () => {
    const roots = [goRoot({}), goRoot({ GOTOOLCHAIN: TOOLCHAIN })];
    root = roots.find((each) => each !== undefined && existsSync(join(each, file)));
    if (root !== undefined) return undefined;
    return roots[0] === undefined ? "there is no go command" : `Go's sources have no ${file}`;
  });
  if (root === undefined) return undefined;
  const version = readFileSync(join(root, "VERSION"), "utf8");
  return { root, minor: Number(/^go1\.(\d+)/.exec(version)?.[1]) };
}

/** Root of an older release that the go command fetches for itself; where it cannot, `part` is left out. */
export function olderGo(release: string, part: string): string | undefined {
  let root: string | undefined;
  optionalPart(part, () => {
    root = goRoot({ GOTOOLCHAIN: release });
    return root === undefined ? `there is no go command that gets ${release}` : undefined;
  });
  return root;
}

function goRoot(env: NodeJS.ProcessEnv): string | undefined {
  try {
    const quiet: StdioOptions = ["ignore", "pipe", "ignore"];
    const options = { env: { ...process.env, ...env }, stdio: quiet };
    return execFileSync("go", ["env", "GOROOT"], options).toString().trim();
  } catch {
    return undefined;
  }
}

/** What the Go installation at `root` says of a trace's events, as text. @throws Error if it refuses the trace */
export function parsedByGo(path: string, root: string): string {
  return goToolTrace(root, "-d=parsed", path);
}

/** Runs `go tool trace` of the Go installation at `root`. @throws Error if it fails */
export function goToolTrace(root: string, ...args: readonly string[]): string {
  return goToolTraceBytes(root, ...args).toString();
}

/** The same, where what it prints is not text. */
export function goToolTraceBytes(root: string, ...args: readonly string[]): Buffer {
  return execFileSync(join(root, "bin/go"), ["tool", "trace", ...args], {
    env: { ...process.env, GOTOOLCHAIN: "local" },
    maxBuffer: 1 << 28,
    stdio: ["ignore", "pipe", "pipe"],
  });
}
