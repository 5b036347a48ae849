import { execFileSync } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { optionalPart } from "./optional.js";

const SOURCE = fileURLToPath(new URL("go/faults", import.meta.url));

/** Faults of which async preemption would mend the program. */
const STUBBORN: ReadonlySet<string> = new Set(["hog", "stop-the-world"]);

/** Programs with one fault each, and the same programs without it, built with one release of Go. */
export class PlantedFaults {
  readonly #program: string;
  readonly #folder: string;

  private constructor(program: string, folder: string) {
    this.#program = program;
    this.#folder = folder;
  }

  /** Undefined where the release is not to be had, and then `part` is left out. @param release such as `go1.22.12` */
  static build(release: string, part: string): PlantedFaults | undefined {
    const folder = mkdtempSync(join(tmpdir(), "planted-faults-"));
    const program = join(folder, "faults");
    const isBuilt = optionalPart(part, () => {
      try {
        const env = { ...process.env, GOTOOLCHAIN: release };
        const files = readdirSync(SOURCE).filter((name) => name.endsWith(".go"));
        execFileSync("go", ["build", "-o", program, ...files], { cwd: SOURCE, env, stdio: "pipe" });
        return undefined;
      } catch (error) {
        return `go build with ${release}: ${error}`;
      }
    });
    return isBuilt ? new PlantedFaults(program, folder) : undefined;
  }

  /** Records a trace. @returns its path */
  record(fault: string, which: "planted" | "mended"): string {
    const path = join(this.#folder, `${fault}-${which}.trace`);
    const env = { ...process.env, GODEBUG: STUBBORN.has(fault) ? "asyncpreemptoff=1" : "" };
    execFileSync(this.#program, [fault, which, path], { env, stdio: "pipe" });
    return path;
  }
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
