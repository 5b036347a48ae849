import { spawn, spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { once } from "node:events";
import { chmodSync, readFileSync, writeFileSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { emptyFolder, filesIn } from "../cli/command.js";

const SCRIPT = fileURLToPath(new URL("../../scripts/install.sh", import.meta.url));

/** Files of releases, by path. */
const files = new Map<string, Buffer>();
let server: Server;
let releases = "";

beforeAll(async () => {
  server = createServer(({ url = "" }, response) => {
    const file = files.get(url);
    response.writeHead(file === undefined ? 404 : 200).end(file);
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  releases = `http://127.0.0.1:${(server.address() as AddressInfo).port}/releases`;
});

afterAll(() => server.close());

/** Publishes the program of a platform, which prints what it is. @param sum what SHA256SUMS says @param code its exit code */
function publish(path: string, platform: string, sum?: string, code = 0): void {
  const name = `go2perfetto-${platform}.gz`;
  const file = gzipSync(`#!/bin/sh\necho "${platform} $*"\nexit ${code}\n`);
  const right = createHash("sha256").update(file).digest("hex");
  files.set(`/releases/${path}/${name}`, file);
  files.set(
    `/releases/${path}/SHA256SUMS`,
    Buffer.from(`${"0".repeat(64)}  other\n${sum ?? right}  ${name}\n`),
  );
}

/** Runs the script on a machine that says what it is. */
async function install(system: string, machine: string, environment: NodeJS.ProcessEnv = {}) {
  const [bin, folder, temporary] = [emptyFolder(), join(emptyFolder(), "bin"), emptyFolder()];
  writeFileSync(join(bin, "uname"), `#!/bin/sh\n[ "$1" = -s ] && echo ${system} || echo ${machine}\n`);
  chmodSync(join(bin, "uname"), 0o755);
  const { GO2PERFETTO_VERSION: _, ...rest } = process.env;
  const env = {
    ...rest,
    PATH: `${bin}:${process.env.PATH}`,
    GO2PERFETTO_RELEASES: releases,
    GO2PERFETTO_DIR: folder,
    TMPDIR: temporary,
    ...environment,
  };
  const child = spawn("sh", [SCRIPT], { env });
  const [stdout, stderr] = await Promise.all([text(child.stdout), text(child.stderr)]);
  const code = child.exitCode ?? (await once(child, "exit"))[0];
  expect(filesIn(temporary)).toEqual([]);
  return { code, stdout, stderr, folder };
}

describe("install.sh", () => {
  test.each([
    ["Linux", "x86_64", "linux-x64"],
    ["Linux", "aarch64", "linux-arm64"],
    ["Darwin", "x86_64", "darwin-x64"],
    ["Darwin", "arm64", "darwin-arm64"],
  ])("on %s %s installs the latest %s", async (system, machine, platform) => {
    files.clear();
    publish("latest/download", platform);
    const { code, stdout, stderr, folder } = await install(system, machine);
    expect([code, stderr]).toEqual([0, ""]);
    expect(stdout).toBe(
      `${folder}/go2perfetto: ${platform} --version\n${folder} is not in PATH. Add it, or call the program by its path.\n`,
    );
    expect(spawnSync(join(folder, "go2perfetto"), ["stats"]).stdout.toString()).toBe(`${platform} stats\n`);
  });

  test("installs a release by name, in place of another", async () => {
    files.clear();
    publish("download/v1.2.3", "linux-x64");
    const folder = emptyFolder();
    writeFileSync(join(folder, "go2perfetto"), "an older one");
    const given = { GO2PERFETTO_VERSION: "v1.2.3", GO2PERFETTO_DIR: folder };
    expect((await install("Linux", "x86_64", given)).code).toBe(0);
    expect(readFileSync(join(folder, "go2perfetto"), "utf8")).toContain("linux-x64");
    expect(filesIn(folder)).toEqual(["go2perfetto"]);
  });

  test("installs nothing whose checksum is wrong or missing, and nothing that is not there", async () => {
    files.clear();
    publish("latest/download", "linux-x64", "a".repeat(64));
    const tampered = await install("Linux", "x86_64");
    expect([tampered.code, tampered.stderr]).toEqual([
      1,
      expect.stringMatching(
        /^install\.sh: go2perfetto-linux-x64\.gz has SHA-256 [\da-f]{64}, expected a{64}\./,
      ),
    ]);
    files.set(
      "/releases/latest/download/SHA256SUMS",
      Buffer.from(`${"a".repeat(64)}  xgo2perfetto-linux-x64.gz\n`),
    );
    const unnamed = await install("Linux", "x86_64");
    expect([unnamed.code, unnamed.stderr]).toEqual([
      1,
      "install.sh: SHA256SUMS does not name go2perfetto-linux-x64.gz\n",
    ]);
    files.clear();
    const absent = await install("Linux", "x86_64");
    expect([absent.code, absent.stderr]).toEqual([
      1,
      expect.stringMatching(/404.*\n.*cannot fetch .*SHA256SUMS\n$/),
    ]);
    for (const { folder } of [tampered, unnamed, absent]) expect(() => filesIn(folder)).toThrow("ENOENT");
  });

  test("keeps what is installed if the new program does not run", async () => {
    files.clear();
    publish("latest/download", "linux-x64", undefined, 127);
    const folder = emptyFolder();
    writeFileSync(join(folder, "go2perfetto"), "an older one");
    const { code, stderr } = await install("Linux", "x86_64", { GO2PERFETTO_DIR: folder });
    expect([code, stderr]).toEqual([1, expect.stringContaining("go2perfetto-linux-x64 does not run here")]);
    expect(filesIn(folder)).toEqual(["go2perfetto"]);
    expect(readFileSync(join(folder, "go2perfetto"), "utf8")).toBe("an older one");
  });

  test("says that there is no program for a machine, and what to use", async () => {
    for (const [system, machine, what] of [
      ["FreeBSD", "amd64", "FreeBSD"],
      ["Linux", "riscv64", "riscv64"],
    ] as const) {
      const { code, stderr } = await install(system, machine);
      expect([code, stderr]).toEqual([
        1,
        `install.sh: there is no program for ${what}. With Node.js, use: npx go2perfetto\n`,
      ]);
    }
  });

  test("does nothing if it arrives in part", () => {
    const script = readFileSync(SCRIPT, "utf8");
    const part = script.slice(0, script.lastIndexOf("\nmain"));
    const { status, stdout } = spawnSync("/bin/sh", ["-c", part], {
      env: { PATH: "/nonexistent", HOME: "/nonexistent" },
    });
    expect([status, stdout.toString()]).toEqual([0, ""]);
  });
});
