import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { isQuick } from "./quick.js";

/**
 * Says whether a part of the tests that needs something from outside can run. When it cannot, the run's closing lines
 * name the part and the reason, so that a green run never hides what it did not look at.
 *
 * @param probe gives the reason why the part is unavailable, undefined when it is available
 * @throws Error when the part is unavailable and REQUIRE_ALL is "1"
 */
export function optionalPart(name: string, probe: () => string | undefined): boolean {
  const reason = probe();
  if (reason === undefined) return true;
  const line = `left out: ${name}: ${reason.trim().replace(/\s+/g, " ")}`;
  if (process.env.REQUIRE_ALL === "1") throw new Error(`REQUIRE_ALL=1, but ${line}`);
  console.warn(line);
  return false;
}

/** The folder of real traces beside the repository, undefined where there is none, and in the quick suite. */
export function sharedDir(): string | undefined {
  if (isQuick) return undefined;
  const dir = fileURLToPath(new URL("../../../shared", import.meta.url));
  return existsSync(dir) ? dir : undefined;
}
