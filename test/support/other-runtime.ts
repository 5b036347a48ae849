import { existsSync } from "node:fs";
import { join } from "node:path";
import { optionalPart } from "./optional.js";
import { cacheDir, fillAtomically, unavailable, unpackPackage } from "./perfetto-tools.js";

/** Another release of Node, or another runtime, from the npm registry. */
export interface OtherRuntime {
  readonly executable: string;
  /** Whether it could be fetched. */
  readonly available: boolean;
}

const { arch, platform } = process;

/** The package for this machine, and the folder with the executable in it. */
const PACKAGES = {
  node: { name: `node-${platform}-${arch}`, folder: "package/bin" },
  bun: { name: `@oven/bun-${platform}-${arch === "arm64" ? "aarch64" : arch}`, folder: "package/bin" },
  deno: { name: `@deno/${platform}-${arch}${platform === "linux" ? "-glibc" : ""}`, folder: "package" },
} as const;

export async function otherRuntime(
  runtime: keyof typeof PACKAGES,
  version: string,
  what: string,
): Promise<OtherRuntime> {
  const target = join(cacheDir(), `${runtime}-${version}`);
  const { name, folder } = PACKAGES[runtime];
  const fetched = existsSync(target)
    ? Promise.resolve()
    : fillAtomically(target, (dir) => unpackPackage(`${name}@${version}`, folder, dir));
  const reason = await fetched.then(() => undefined, unavailable);
  return { executable: join(target, runtime), available: optionalPart(what, () => reason) };
}
