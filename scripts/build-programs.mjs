// Builds dist-programs/: the command as one executable file for each platform, made of Node's binary and a script, with
// checksums and licences. npm run build:programs [-- --out FOLDER] [PLATFORM …]
import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { bundle, licencesOf } from "./programs/bundle.mjs";
import { NODE_VERSION, nodeBinary, PLATFORMS } from "./programs/node-binary.mjs";

const root = fileURLToPath(new URL("..", import.meta.url));
/**
 * In one script, modules that are loaded lazily keep their constants in variables. This lets V8 compile them as constants
 * all the same: without it, conversions take a quarter longer.
 */
const V8_FLAG = "--function-context-cells-max-size=65536";

const host = `${process.platform}-${process.arch}`;

const { values, positionals } = parseArgs({
  options: { out: { type: "string", default: join(root, "dist-programs") } },
  allowPositionals: true,
});
const platforms = positionals.length > 0 ? positionals : PLATFORMS;
const unknown = platforms.find((platform) => !PLATFORMS.includes(platform));
if (unknown !== undefined) {
  console.error(`${unknown} is not a platform. Choose from ${PLATFORMS.join(", ")}.`);
  process.exit(2);
}

const work = mkdtempSync(join(tmpdir(), "go2perfetto-programs-"));
try {
  await buildAll(values.out);
} finally {
  rmSync(work, { recursive: true, force: true });
}

async function buildAll(out) {
  mkdirSync(out, { recursive: true });
  const command = await bundle(root, "src/cli/run.ts");
  const thread = await bundle(root, "src/cli/executable/batch-thread.ts");
  writeFileSync(join(work, "main.js"), command.script);
  writeFileSync(join(work, "batch-thread.js"), thread.script);
  const licences = licencesOf(root, [...command.inputs, ...thread.inputs]);
  writeFileSync(join(out, "THIRD-PARTY-LICENSES.txt"), licences);
  // A release of Node writes executables of the same release only.
  const builder = nodeBinary(host);
  const names = platforms.map((platform) => buildProgram(builder, platform, out));
  writeFileSync(
    join(out, "SHA256SUMS"),
    names.map((name) => `${sha256(join(out, name))}  ${name}\n`).join(""),
  );
}

/** @returns the name of the program */
function buildProgram(builder, platform, out) {
  const name = `go2perfetto-${platform.replace("win32", "windows")}${platform.startsWith("win32") ? ".exe" : ""}`;
  const output = join(out, name);
  const config = join(work, `${platform}.json`);
  // A running program cannot be written to.
  rmSync(output, { force: true });
  writeFileSync(
    config,
    JSON.stringify({
      main: join(work, "main.js"),
      executable: nodeBinary(platform),
      output,
      disableExperimentalSEAWarning: true,
      execArgv: [V8_FLAG],
      // Compiled code is that of one processor and its features.
      useCodeCache: platform === host,
      assets: {
        "batch-thread.js": join(work, "batch-thread.js"),
        "package.json": join(root, "package.json"),
      },
    }),
  );
  // V8 rejects compiled code of other flags.
  execFileSync(builder, [V8_FLAG, "--build-sea", config], { stdio: ["ignore", "ignore", "inherit"] });
  chmodSync(output, 0o755);
  // macOS runs signed programs only. Without an identity the signature says no more than that the file is whole.
  if (platform.startsWith("darwin") && process.platform === "darwin") {
    execFileSync("codesign", ["--force", "--sign", "-", output], { stdio: "inherit" });
  }
  console.log(`${output}: Node ${NODE_VERSION}`);
  return name;
}

function sha256(path) {
  return createHash("sha256").update(readFileSync(path)).digest("hex");
}
