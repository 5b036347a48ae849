import type { AnyKind, ProfileSample, ProfileStream } from "../../../analysis/profile/profile.js";
import { counted } from "../../../base/grouped.js";
import { encodeInPieces } from "../../../sink/pprof/encode.js";
import { makeFolder, openOutput } from "../../output/open-output.js";
import { nameAll, type Output, type Sealed } from "../../output/output.js";
import type { Messages } from "../../process/messages.js";
import { STDIO } from "../../process/stdio.js";

/** What a profile counts, apart from intervals. */
const NOUNS: Readonly<Partial<Record<AnyKind, string>>> = { cpu: "sample", path: "piece" };

const SAMPLES_ADVICE =
  "Go writes them while a CPU profile is being taken: --profile takes one during a capture.";

/** A profile to write. */
export interface WrittenProfile {
  readonly target: string;
  readonly profile: () => ProfileStream<AnyKind>;
  readonly comments: readonly string[];
}

/**
 * Writes all profiles before any file gets its name.
 * @param folder of the files, if it may have to be created
 * @param start the wall clock at the start of the trace, if known
 */
export async function writeProfiles(
  folder: string | undefined,
  profiles: readonly WrittenProfile[],
  start: bigint | undefined,
  messages: Messages,
): Promise<void> {
  if (folder !== undefined) await makeFolder(folder);
  const outputs: { readonly name: string; readonly output: Output }[] = [];
  const lines: string[] = [];
  let lacksSamples = false;
  try {
    for (const { comments, profile, target } of profiles) {
      const output = await openOutput(target, true);
      outputs.push({ name: target, output });
      const totals = new Totals(profile());
      for (const piece of encodeInPieces(totals.counted, { start, comments })) await output.write(piece);
      lacksSamples ||= totals.kind === "cpu" && totals.isEmpty;
      if (target !== STDIO) lines.push(`${target}: ${totals.summary}`);
    }
    const files: Sealed[] = [];
    for (const { name, output } of outputs) files.push({ name, file: await output.seal() });
    nameAll(files);
  } catch (error) {
    for (const { output } of outputs) await output.discard();
    throw error;
  }
  for (const line of lines) messages.info(line);
  if (lacksSamples) messages.info(`The trace has no CPU samples. ${SAMPLES_ADVICE}`);
}

/** Adds up the samples of a profile while they are written. */
class Totals {
  readonly #profile: ProfileStream<AnyKind>;
  #samples = 0;
  #count = 0;
  #time = 0;

  constructor(profile: ProfileStream<AnyKind>) {
    this.#profile = profile;
  }

  get counted(): ProfileStream<AnyKind> {
    return { ...this.#profile, samples: this.#counted() };
  }

  get kind(): AnyKind {
    return this.#profile.kind;
  }

  get isEmpty(): boolean {
    return this.#samples === 0;
  }

  get summary(): string {
    if (this.isEmpty) return "nothing";
    const milliseconds = (this.#time / 1e6).toLocaleString("en", { maximumFractionDigits: 3 });
    return `${counted(this.#count, NOUNS[this.#profile.kind] ?? "interval")}, ${milliseconds} ms`;
  }

  *#counted(): Generator<ProfileSample> {
    for (const sample of this.#profile.samples) {
      const [count = 0, time = 0] = sample.values;
      this.#samples++;
      this.#count += count;
      this.#time += time;
      yield sample;
    }
  }
}
