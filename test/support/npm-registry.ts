import { type ChildProcess, execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { promisify } from "node:util";
import { freePort } from "./free-port.js";
import { optionalPart } from "./optional.js";
import { cacheDir, fillAtomically, plainNpmEnvironment, unavailable } from "./perfetto-tools.js";

const run = promisify(execFile);

/** The last release for Node 20. */
const VERSION = "6.7.4";
/** Its own manifest has a tag, which not every mirror of npm knows. */
const OVERRIDES = { "node-fetch": "2.7.0" };
const INSTALL = ["install", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"];

/** The folder with Verdaccio; undefined where it is not to be had, and then `part` is left out. */
export async function verdaccioDir(part: string): Promise<string | undefined> {
  const target = join(cacheDir(), `verdaccio-${VERSION}`);
  const filled = existsSync(target) ? Promise.resolve() : fillAtomically(target, install);
  const reason = await filled.then(() => undefined, unavailable);
  return optionalPart(part, () => reason) ? target : undefined;
}

async function install(dir: string): Promise<void> {
  const manifest = { private: true, dependencies: { verdaccio: VERSION }, overrides: OVERRIDES };
  await writeFile(join(dir, "package.json"), JSON.stringify(manifest));
  await run("npm", INSTALL, { cwd: dir, env: plainNpmEnvironment() });
}

/** Verdaccio, a registry of npm on this machine. It passes on what it has not from the registry that npm is set to. */
export class NpmRegistry {
  readonly #server: ChildProcess;

  private constructor(
    readonly url: string,
    server: ChildProcess,
  ) {
    this.#server = server;
  }

  /** @param verdaccio from {@link verdaccioDir} @param folder an empty one, for what it stores */
  static async start(verdaccio: string, folder: string): Promise<NpmRegistry> {
    const { stdout } = await run("npm", ["config", "get", "registry"], { env: plainNpmEnvironment() });
    const config = {
      storage: join(folder, "storage"),
      uplinks: { npm: { url: stdout.trim() } },
      packages: {
        go2perfetto: { access: "$all", publish: "$all" },
        "**": { access: "$all", proxy: "npm" },
      },
      log: { type: "stdout", format: "json", level: "warn" },
      web: { enable: false },
    };
    const path = join(folder, "config.yaml");
    // Any JSON is YAML.
    await writeFile(path, JSON.stringify(config));
    const script = join(verdaccio, "node_modules/verdaccio/bin/verdaccio");
    const address = `127.0.0.1:${await freePort()}`;
    const server = spawn(process.execPath, [script, "--config", path, "--listen", address], {
      stdio: ["ignore", "pipe", "ignore"],
    });
    // It says where it listens once it does.
    for await (const line of createInterface({ input: server.stdout }))
      if (line.includes(address)) return new NpmRegistry(`http://${address}`, server);
    throw new Error("Verdaccio ended");
  }

  async close(): Promise<void> {
    this.#server.kill();
    await once(this.#server, "exit");
  }
}
