import { lstat, readdir, rm } from "node:fs/promises";
import { basename, join } from "node:path";
import { makeFolder } from "../../output/open-output.js";
import { finalName, pendingFiles } from "../../output/pending-file.js";
import { writeFailure } from "../../output/target.js";
import { isSystemError } from "../../process/failure.js";
import { captureName, timeInName } from "./capture-name.js";

/** How much of a ring is kept. */
export interface RingLimits {
  readonly keep: number;
  /** Bytes of all files together. */
  readonly keepSize: number;
}

/** A file of the ring. */
export interface RingFile {
  readonly name: string;
  readonly path: string;
  readonly bytes: number;
  /** Whether it is what a killed run left behind. */
  readonly isAbandoned: boolean;
}

/**
 * The folder of a ring of captures. Its state is what is in it: files with names of the ring, also of an earlier run.
 * Nothing else is deleted.
 */
export class RingFolder {
  readonly path: string;
  readonly #stem: string;
  readonly #limits: RingLimits;

  private constructor(path: string, stem: string, limits: RingLimits) {
    this.path = path;
    this.#stem = stem;
    this.#limits = limits;
  }

  /** @param stem of the names @throws Failure if the folder cannot be created */
  static async open(path: string, stem: string, limits: RingLimits): Promise<RingFolder> {
    await makeFolder(path);
    return new RingFolder(path, stem, limits);
  }

  /** The path for a capture that begins now. Its name is the last of all, also if the clock was set back. */
  async next(): Promise<string> {
    const newest = (await this.#names()).at(-1) ?? "";
    const last = this.#timeOf(newest) ?? 0;
    return join(this.path, captureName(this.#stem, new Date(Math.max(Date.now(), last + 1))));
  }

  /** The files, the oldest first, without those that this process is writing. @throws Failure if they cannot be read */
  async files(): Promise<RingFile[]> {
    const files: RingFile[] = [];
    const writing = new Set(pendingFiles().map((path) => basename(path)));
    for (const name of await this.#names()) {
      const path = join(this.path, name);
      const found = await lstat(path).catch(() => undefined);
      if (!found?.isFile() || writing.has(name)) continue;
      files.push({ name, path, bytes: found.size, isAbandoned: finalName(name) !== undefined });
    }
    return files;
  }

  /** Deletes the oldest files until the others are within the limits. @returns how many @throws Failure */
  async prune(): Promise<number> {
    const files = await this.files();
    let bytes = files.reduce((sum, file) => sum + file.bytes, 0);
    let deleted = 0;
    for (const file of files) {
      if (files.length - deleted <= this.#limits.keep && bytes <= this.#limits.keepSize) break;
      await rm(file.path, { force: true }).catch((error: unknown) => {
        throw writeFailure(file.path, error);
      });
      bytes -= file.bytes;
      deleted++;
    }
    return deleted;
  }

  async #names(): Promise<string[]> {
    const names = await readdir(this.path).catch((error: unknown) => {
      throw isSystemError(error) ? writeFailure(this.path, error) : error;
    });
    return names.filter((name) => this.#timeOf(name) !== undefined).sort();
  }

  #timeOf(name: string): number | undefined {
    return timeInName(this.#stem, finalName(name) ?? name);
  }
}
