import { createHash } from "node:crypto";
import { join, relative, resolve } from "node:path";
import { TRACE_EXTENSIONS } from "../../output/output-name.js";
import { ExitCode } from "../../process/exit-codes.js";
import { Failure } from "../../process/failure.js";
import type { BatchInputs } from "./inputs.js";

/** A part of the list: number `index` of `count`, from 0 on. */
export interface Shard {
  readonly index: number;
  readonly count: number;
}

/** One trace and where what is made of it goes. */
export interface PlannedFile {
  readonly input: string;
  /** Its place below the common folder, without the extension of a trace: the same on all machines. */
  readonly key: string;
  readonly output: string;
}

/**
 * Where everything goes: the structure of folders below the common one is kept.
 * @throws Failure if two traces would be written to the same file
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
  return new Failure(
    `${input} and ${other} would both be written to ${output}`,
    "Rename one of them, or leave it out.",
    { exitCode: ExitCode.Usage },
  );
}

/**
 * Whether a trace belongs to a shard: by a hash of its place, so that machines which do not know of one another agree
 * even while traces are added to the list or taken from it.
 */
export function isInShard({ key }: Pick<PlannedFile, "key">, { index, count }: Shard): boolean {
  return createHash("sha256").update(key).digest().readUIntBE(0, 6) % count === index;
}
