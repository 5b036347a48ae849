import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { FINDING_KINDS, type Finding } from "./findings.js";
import { type Found, fuzz, type Totals } from "./fuzzer.js";
import { Subject } from "./subject.js";
import { targetsOf } from "./targets.js";

/** Where inputs are put of which something was found: once it is mended, they are tests. */
const FOUND = fileURLToPath(new URL("../fixtures/damaged", import.meta.url));
const NUMBERS = ["minutes", "runs", "seed", "first"] as const;
const DEFAULT_MINUTES = 1;
const PROGRESS_SECONDS = 10;

/** `npm run fuzz`. @returns the exit code: 1 if anything was found, 2 for wrong usage */
export async function main(args: readonly string[], program: string): Promise<number> {
  const { values } = parseArgs({
    args: [...args],
    options: {
      ...Object.fromEntries(NUMBERS.map((name) => [name, { type: "string" as const }])),
      file: { type: "string", multiple: true },
    },
  });
  const given = values as Readonly<Record<string, string | undefined>>;
  const numbers = Object.fromEntries(NUMBERS.map((name) => [name, given[name] && Number(given[name])]));
  for (const name of NUMBERS) {
    const value = numbers[name];
    if (value === undefined || Number(value) >= 0) continue;
    console.error(`--${name} ${given[name]} is not a number.`);
    return 2;
  }
  const subject = new Subject(program);
  const { file } = values as { readonly file?: readonly string[] };
  if (file !== undefined) return examineFiles(subject, file);
  const { minutes, runs, seed = 1, first = 0 } = numbers as Readonly<Record<string, number | undefined>>;
  let told = 0;
  const totals = await fuzz(subject, {
    seed,
    first,
    ...(runs !== undefined && { runs }),
    ...(minutes !== undefined && { minutes }),
    ...(runs === undefined && minutes === undefined && { minutes: DEFAULT_MINUTES }),
    found: (found) => tell(found, seed),
    progress: (soFar) => {
      if (soFar.seconds < told + PROGRESS_SECONDS) return;
      told = soFar.seconds;
      console.log(summary(soFar));
    },
  });
  console.log(summary(totals));
  return totals.found.length === 0 ? 0 : 1;
}

/** Examines traces as they are. */
async function examineFiles(subject: Subject, files: readonly string[]): Promise<number> {
  let code = 0;
  for (const file of files) {
    const findings = await subject.examine(new Uint8Array(readFileSync(file)), targetsOf(0));
    if (findings.length > 0) code = 1;
    console.log(`${file}: ${findings.length === 0 ? "nothing found" : findings.map(text).join("; ")}`);
  }
  subject.stop();
  return code;
}

/** Writes a fixture, and says how to see it again. */
function tell({ finding, index, bytes }: Found, seed: number): void {
  mkdirSync(FOUND, { recursive: true });
  const path = join(FOUND, `${finding.kind}-${seed}-${index}.trace`);
  writeFileSync(path, bytes);
  const shown = relative(process.cwd(), path);
  console.log(`${text(finding)}\n  again: npm run fuzz -- --file ${shown}  (${bytes.length} bytes)`);
  console.log(`  as it was: npm run fuzz -- --seed ${seed} --first ${index} --runs 1`);
}

function text({ kind, target, message }: Finding): string {
  return `${kind} in ${target}: ${message}`;
}

function summary({ inputs, seconds, counts }: Totals): string {
  const found = FINDING_KINDS.map((kind) => `${kind} ${counts[kind]}`).join(", ");
  return `${inputs} inputs in ${seconds.toFixed(0)} s (${(inputs / seconds).toFixed(1)}/s): ${found}`;
}
