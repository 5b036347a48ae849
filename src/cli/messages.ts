import { escapeText } from "./escape.js";

export interface MessageOptions {
  readonly quiet?: boolean;
  readonly color?: boolean | undefined;
}

/** Prints messages, always on standard error. */
export class Messages {
  readonly #quiet: boolean;
  readonly #color: boolean;

  constructor(options: MessageOptions) {
    this.#quiet = options.quiet ?? false;
    const wanted = options.color ?? (process.stderr.isTTY === true && !process.env.NO_COLOR);
    this.#color = wanted;
  }

  /** What went well; left out when quiet. */
  info(text: string): void {
    if (!this.#quiet) this.#print(text);
  }

  warning(text: string, advice?: string): void {
    this.#print(`${this.#paint("warning:", 33)} ${escapeText(text)}`);
    if (advice !== undefined) this.#print(`  ${advice}`);
  }

  error(text: string, advice?: string): void {
    this.#print(`${this.#paint("error:", 31)} ${escapeText(text)}`);
    if (advice !== undefined) this.#print(`  ${advice}`);
  }

  #paint(text: string, color: number): string {
    return this.#color ? `\u001b[${color}m${text}\u001b[0m` : text;
  }

  #print(line: string): void {
    process.stderr.write(`${line}\n`);
  }
}
