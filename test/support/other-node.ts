import { existsSync } from "node:fs";
import { join } from "node:path";
import { optionalPart } from "./optional.js";
import { cacheDir, fillAtomically, unavailable, unpackPackage } from "./perfetto-tools.js";

/** Another release of Node, from the npm registry. */
export interface OtherNode {
  readonly executable: string;
  /** Whether it could be fetched. */
  readonly available: boolean;
}

export async function otherNode(version: string, what: string): Promise<OtherNode> {
  const folder = join(cacheDir(), `node-${version}`);
  const name = `node-${process.platform}-${process.arch}@${version}`;
  const fetched = existsSync(folder)
    ? Promise.resolve()
    : fillAtomically(folder, (dir) => unpackPackage(name, "package/bin", dir));
  const reason = await fetched.then(() => undefined, unavailable);
  return { executable: join(folder, "node"), available: optionalPart(what, () => reason) };
}
