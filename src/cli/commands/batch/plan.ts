import { createHash } from "node:crypto";
import { join, relative, resolve } from "node:path";
import { TRACE_EXTENSIONS } from "../../output/output-name.js";
import { type Failure, usageFailure } from "../../process/failure.js";
import type { BatchInputs } from "./inputs.js";

/** A part of the list: number `index` of `count`, counted from 0. */
export interface Shard {
  readonly index: number;
  readonly count: number;
}

/** A trace and its output. */
export interface PlannedFile {
  readonly input: string;
  /** Its path relative to the common folder, without the extension. The same on all machines. */
  readonly key: string;
  readonly output: string;
}

/**
 * Plans the outputs. They keep the folder structure below the common folder.
 * @throws Failure if two traces have the same output
 */
export function planOutputs({ files, root }: BatchInputs, outDir: string, extension: string): PlannedFile[] {
  const planned = new Map<string, PlannedFile>();
  for (const input of files) {
    const key = relative(root, resolve(input)).replace(TRACE_EXTENSIONS, "");
    const output = join(outDir, `${key}.${extension}`);
    const other = planned.get(output);
    if (other !== undefined) throw collision(other, input);
    planned.set(output, { input, key, output });
  }
  return [...planned.values()];
}

function collision({ input, output }: PlannedFile, other: string): Failure {
  return usageFailure(
    `${input} and ${other} would both be written to ${output}`,
    "Rename one of them, or leave it out.",
  );
}

/**
 * Whether a trace belongs to a shard. A hash of its path decides, so machines agree without communication,
 * even while traces are added or removed.
 */
export function isInShard({ key }: Pick<PlannedFile, "key">, { index, count }: Shard): boolean {
  return createHash("sha256").update(key).digest().readUIntBE(0, 6) % count === index;
}
