import { inspect } from "node:util";
import { escapeText } from "../../base/escape.js";

export interface MessageOptions {
  readonly quiet?: boolean;
  /** Whether to print stack traces. */
  readonly verbose?: boolean;
  readonly color?: boolean | undefined;
}

/**
 * Prints messages on standard error, one per line. It escapes control characters, so that names cannot
 * control a terminal.
 */
export class Messages {
  readonly #quiet: boolean;
  readonly #verbose: boolean;
  readonly #color: boolean;
  readonly #print: (line: string) => void;

  /** @param print receives each line; standard error by default */
  constructor(options: MessageOptions, print: (line: string) => void = printError) {
    this.#print = print;
    this.#quiet = options.quiet ?? false;
    this.#verbose = options.verbose ?? false;
    const wanted = options.color ?? (process.stderr.isTTY === true && !process.env.NO_COLOR);
    this.#color = wanted;
  }

  /** Prints a success, unless quiet. */
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

  /** Prints a line that another thread has formatted. */
  line(text: string): void {
    this.#print(text);
  }

  /** Prints the stack trace, facts and cause of an error, if verbose. */
  stack(error: unknown): void {
    if (!this.#verbose || error === undefined) return;
    for (const line of inspect(error, { colors: false }).split("\n")) this.#print(`  ${escapeText(line)}`);
  }

  #paint(text: string, color: number): string {
    return this.#color ? `\u001b[${color}m${text}\u001b[0m` : text;
  }
}

/** Goes back to the beginning of a terminal's line, and erases it. */
const ERASE = "\r\u001b[K";
let isStatusShown = false;

/** Tells whether the terminal's last line has what is no message, such as a bar: the next message replaces it. */
export function showsStatus(isShown: boolean): void {
  isStatusShown = isShown;
}

function printError(line: string): void {
  process.stderr.write(`${isStatusShown ? ERASE : ""}${line}\n`);
}
