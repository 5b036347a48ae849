import { execFileSync } from "node:child_process";
import { optionalPart } from "./optional.js";

/** The root of the installed Go, undefined where there is none; then `part` is left out. */
export function goRoot(part: string): string | undefined {
  let root: string | undefined;
  const available = optionalPart(part, () => {
    try {
      root = execFileSync("go", ["env", "GOROOT"], { stdio: ["ignore", "pipe", "ignore"] })
        .toString()
        .trim();
      return undefined;
    } catch {
      return "there is no go command";
    }
  });
  return available ? root : undefined;
}
