import { inspect } from "node:util";
import { escapeText } from "../../base/escape.js";

export interface MessageOptions {
  readonly quiet?: boolean;
  /** Whether stack traces are printed. */
  readonly verbose?: boolean;
  readonly color?: boolean | undefined;
}

/** Prints messages, always on standard error, each on one line: what they hold of names does nothing to a terminal. */
export class Messages {
  readonly #quiet: boolean;
  readonly #verbose: boolean;
  readonly #color: boolean;
  readonly #print: (line: string) => void;

  /** @param print takes each line; standard error does if it is not given */
  constructor(options: MessageOptions, print: (line: string) => void = printError) {
    this.#print = print;
    this.#quiet = options.quiet ?? false;
    this.#verbose = options.verbose ?? false;
    const wanted = options.color ?? (process.stderr.isTTY === true && !process.env.NO_COLOR);
    this.#color = wanted;
  }

  /** What went well; left out when quiet. */
  info(text: string): void {
    if (!this.#quiet) this.#print(escapeText(text));
  }

  warning(text: string, advice?: string): void {
    this.#print(`${this.#paint("warning:", 33)} ${escapeText(text)}`);
    if (advice !== undefined) this.#print(`  ${escapeText(advice)}`);
  }

  error(text: string, advice?: string): void {
    this.#print(`${this.#paint("error:", 31)} ${escapeText(text)}`);
    if (advice !== undefined) this.#print(`  ${escapeText(advice)}`);
  }

  /** A message that another thread has made. */
  line(text: string): void {
    this.#print(text);
  }

  /** Where an error is from, with all that it knows and what caused it; only if that was asked for. */
  stack(error: unknown): void {
    if (!this.#verbose || error === undefined) return;
    for (const line of inspect(error, { colors: false }).split("\n")) this.#print(`  ${escapeText(line)}`);
  }

  #paint(text: string, color: number): string {
    return this.#color ? `\u001b[${color}m${text}\u001b[0m` : text;
  }
}

function printError(line: string): void {
  process.stderr.write(`${line}\n`);
}
