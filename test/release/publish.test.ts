// @module-tag long

import { execFile } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { emptyFolder, fixture, go2perfetto } from "../cli/command.js";
import { NpmRegistry, verdaccioDir } from "../support/npm-registry.js";
import { plainNpmEnvironment } from "../support/perfetto-tools.js";

const ROOT = fileURLToPath(new URL("../..", import.meta.url));
const TRACE = fixture("sync-go1.26.trace");
const verdaccio = await verdaccioDir("the package by a registry (Verdaccio)");
const run = promisify(execFile);

describe.runIf(verdaccio !== undefined)("published to a registry", () => {
  let registry: NpmRegistry;
  let env: NodeJS.ProcessEnv = {};

  beforeAll(async () => {
    const folder = emptyFolder();
    registry = await NpmRegistry.start(verdaccio as string, folder);
    const settings = join(folder, "npmrc");
    // The registry lets anyone publish, but npm asks for a token before it asks the registry.
    writeFileSync(settings, `registry=${registry.url}/\n${registry.url.slice(5)}/:_authToken=none\n`);
    const ours = Object.entries(plainNpmEnvironment()).filter(
      ([name]) => !/^npm_config_registry$/i.test(name),
    );
    env = {
      ...Object.fromEntries(ours),
      NPM_CONFIG_USERCONFIG: settings,
      NPM_CONFIG_UPDATE_NOTIFIER: "false",
      // npx keeps what it ran, by name and version: that of an earlier run of this test.
      NPM_CONFIG_CACHE: emptyFolder(),
    };
  });
  afterAll(() => registry?.close());

  test("the package is installed and runs by its name", async () => {
    const { name, version } = JSON.parse(readFileSync(join(ROOT, "package.json"), "utf8"));
    await run("npm", ["publish", "--ignore-scripts", "--access", "public"], { cwd: ROOT, env });
    const { stdout } = await run("npm", ["view", name, "version", "bin", "--json"], {
      cwd: emptyFolder(),
      env,
    });
    expect(JSON.parse(stdout)).toEqual({ version, bin: { go2perfetto: "dist/cli/main.js" } });
    const folder = emptyFolder();
    await run("npx", ["--yes", `${name}@${version}`, TRACE, "-o", "one.pftrace", "-q"], { cwd: folder, env });
    const expected = go2perfetto([TRACE, "-o", "-"]).stdout;
    expect(readFileSync(join(folder, "one.pftrace")).equals(expected)).toBe(true);
    const again = run("npm", ["publish", "--ignore-scripts"], { cwd: ROOT, env });
    await expect(again).rejects.toThrow(
      /previously published|already present|EPUBLISHCONFLICT|cannot publish over/i,
    );
  });
});
