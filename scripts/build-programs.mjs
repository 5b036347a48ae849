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
  const start = await bundle(root, "src/cli/executable/start.ts");
  const program = await bundle(root, "src/cli/executable.ts");
  writeFileSync(join(work, "start.js"), start.script);
  // A function that is called at once is compiled at once, which V8 sees by the parentheses.
  writeFileSync(join(work, "program.js"), `(function (require, __dirname) {${program.script}\n})`);
  const licences = licencesOf(root, program.inputs);
  writeFileSync(join(out, "THIRD-PARTY-LICENSES.txt"), licences);
  // A release of Node writes executables of the same release only.
  const builder = nodeBinary(host);
  // Compiled code is that of one processor.
  writeFileSync(join(work, "none.code"), "");
  const warmUp = [
    join(root, "scripts/programs/warm-up.mjs"),
    join(work, "program.js"),
    join(work, `${host}.code`),
  ];
  execFileSync(builder, warmUp, { stdio: ["ignore", "ignore", "inherit"] });
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
      main: join(work, "start.js"),
      executable: nodeBinary(platform),
      output,
      disableExperimentalSEAWarning: true,
      assets: {
        "start.js": join(work, "start.js"),
        "program.js": join(work, "program.js"),
        "program.code": join(work, platform === host ? `${host}.code` : "none.code"),
        "package.json": join(root, "package.json"),
      },
    }),
  );
  execFileSync(builder, ["--build-sea", config], { stdio: ["ignore", "ignore", "inherit"] });
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
