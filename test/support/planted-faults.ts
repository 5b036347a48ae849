import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { FIXTURES } from "./corpus.js";

const SOURCE = fileURLToPath(new URL("go/faults", import.meta.url));

/** The releases of Go whose traces there are. */
export const FAULT_RELEASES = ["go1.19", "go1.22", "go1.26"] as const;

/**
 * The trace of a program with one fault, or of the same program without it. `scripts/record-faults.mjs` records them: a busy
 * machine adds faults of its own, so they are kept.
 */
export function faultTrace(release: string, fault: string, which: "planted" | "mended"): string {
  return join(FIXTURES, "faults", release, `${fault}-${which}.trace.gz`);
}

/** The names of the faults whose line is marked in the sources, with file and line. */
export function plantedLines(): ReadonlyMap<string, { readonly file: string; readonly line: number }> {
  const lines = new Map<string, { file: string; line: number }>();
  for (const file of readdirSync(SOURCE).filter((name) => name.endsWith(".go")))
    readFileSync(join(SOURCE, file), "utf8")
      .split("\n")
      .forEach((text, i) => {
        const [, fault] = /\/\/ planted: ([\w-]+)$/.exec(text) ?? [];
        if (fault !== undefined) lines.set(fault, { file, line: i + 1 });
      });
  return lines;
}
