import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** Gives all tests, and what they start, one folder for temporary files. @returns what removes it with all that is in it */
export default function setup(): () => void {
  const folder = mkdtempSync(join(tmpdir(), "go2perfetto-tests-"));
  process.env.TMPDIR = folder;
  return () => rmSync(folder, { recursive: true, force: true, maxRetries: 3 });
}
