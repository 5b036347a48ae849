import { type ChildProcessWithoutNullStreams, execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { optionalPart } from "./optional.js";

const SOURCE = fileURLToPath(new URL("go/debug-server", import.meta.url));
const folder = mkdtempSync(join(tmpdir(), "go2perfetto-debug-server-"));

/** Releases that every Go since 1.21 can fetch for itself: the oldest and the newest whose traces have the format. */
export const TOOLCHAINS = ["go1.22.12", "go1.27.1"] as const;
export type Toolchain = (typeof TOOLCHAINS)[number];

/** Whether the server can be built by all of them; if not, `part` is left out as `optionalPart` says. */
export function haveDebugServer(part: string): boolean {
  return optionalPart(part, () => {
    try {
      for (const toolchain of TOOLCHAINS) build(toolchain);
      return undefined;
    } catch (error) {
      return error instanceof Error ? error.message : String(error);
    }
  });
}

function build(toolchain: Toolchain): string {
  const path = join(folder, toolchain);
  if (existsSync(path)) return path;
  const env = { ...process.env, GOTOOLCHAIN: toolchain, CGO_ENABLED: "0", GOFLAGS: "" };
  execFileSync("go", ["build", "-o", path, "."], { cwd: SOURCE, env, stdio: ["ignore", "ignore", "pipe"] });
  return path;
}

/** Removes what was built. */
export function removeDebugServers(): void {
  rmSync(folder, { recursive: true, force: true });
}

/** A real Go program with net/http/pprof. */
export class DebugServer {
  private constructor(
    readonly address: string,
    readonly process: ChildProcessWithoutNullStreams,
  ) {}

  /** @param flags of `test/support/go/debug-server` */
  static async start(toolchain: Toolchain, ...flags: readonly string[]): Promise<DebugServer> {
    const child = spawn(build(toolchain), flags);
    const [address] = await once(createInterface(child.stdout), "line");
    return new DebugServer(String(address), child);
  }

  async stop(): Promise<void> {
    if (this.process.exitCode !== null || this.process.signalCode !== null) return;
    this.process.kill("SIGKILL");
    await once(this.process, "exit");
  }
}
