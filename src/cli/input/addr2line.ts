import { spawn } from "node:child_process";
import { once } from "node:events";
import { stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { resolve } from "node:path";
import { text } from "node:stream/consumers";
import type { SourceLine, Symbolizer } from "../../event/symbolizer.js";
import { Failure, isSystemError, systemMessage } from "../process/failure.js";

const WHICH = "--binary must be the executable that wrote the trace.";
/** addr2line's answer for an unknown address. */
const UNKNOWN = "?";

/** Resolves symbols of a Go program with `go tool addr2line`. It caches each answer. */
export class Addr2line implements Symbolizer {
  readonly #program: string;
  readonly #known = new Map<bigint, SourceLine | undefined>();

  /** @param program path of the executable */
  constructor(program: string) {
    this.#program = program;
  }

  /** @throws Failure with advice */
  async resolve(addresses: readonly bigint[]): Promise<ReadonlyMap<bigint, SourceLine>> {
    const news = addresses.filter((address) => !this.#known.has(address));
    if (news.length > 0) await this.#ask(news);
    const lines = new Map<bigint, SourceLine>();
    for (const address of addresses) {
      const line = this.#known.get(address);
      if (line !== undefined) lines.set(address, line);
    }
    if (lines.size > 0 || addresses.length === 0) return lines;
    throw new Failure(`${this.#program} has none of the trace's addresses`, WHICH);
  }

  async #ask(addresses: readonly bigint[]): Promise<void> {
    await this.#check();
    const answer = await this.#run(addresses.map((address) => `0x${address.toString(16)}\n`).join(""));
    const lines = answer.split("\n");
    addresses.forEach((address, i) => {
      this.#known.set(address, sourceLine(lines[2 * i] ?? UNKNOWN, lines[2 * i + 1] ?? ""));
    });
  }

  async #check(): Promise<void> {
    try {
      if ((await stat(this.#program)).isFile()) return;
    } catch (error) {
      if (!isSystemError(error)) throw error;
      throw new Failure(`cannot read ${this.#program}: ${systemMessage(error)}`, WHICH, { cause: error });
    }
    throw new Failure(`${this.#program} is not a file`, WHICH);
  }

  /** @returns two lines for each address of the input */
  async #run(input: string): Promise<string> {
    const path = resolve(this.#program);
    // In a folder with a go.mod the go command may start another version of itself.
    const child = spawn("go", ["tool", "addr2line", path], { cwd: tmpdir(), stdio: "pipe" });
    // If the tool exits before it has read everything, its exit code is the error.
    child.stdin.on("error", () => {});
    child.stdin.end(input);
    try {
      const [answer, complaint, [code]] = await Promise.all([
        text(child.stdout),
        text(child.stderr),
        once(child, "close") as Promise<[code: number | null]>,
      ]);
      if (code === 0) return answer;
      throw this.#refused(complaint, path);
    } catch (error) {
      if (!isSystemError(error)) throw error;
      const why = error.code === "ENOENT" ? "is not installed" : `cannot be started: ${systemMessage(error)}`;
      throw new Failure(
        `--binary needs the go command, which ${why}`,
        "Without --binary, functions are shown by address.",
        { cause: error },
      );
    }
  }

  #refused(complaint: string, path: string): Failure {
    const reason = complaint
      .trim()
      .replace(/^addr2line: (open )?/, "")
      .replaceAll(path, this.#program);
    return new Failure(`go tool addr2line cannot read symbols from ${reason || this.#program}`, WHICH);
  }
}

/** Parses a function name and a line `FILE:NUMBER`. */
function sourceLine(func: string, place: string): SourceLine | undefined {
  if (func === UNKNOWN) return undefined;
  const colon = place.lastIndexOf(":");
  return { func, file: place.slice(0, colon), line: Number(place.slice(colon + 1)) || 0 };
}
