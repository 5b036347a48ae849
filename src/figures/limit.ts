import { DurationError, parseDuration } from "../base/duration.js";
import { mostSimilar } from "../select/similar.js";
import { type FigurePath, figureNames, type Quantity, quantityOf } from "./catalogue.js";

/** Operators between a figure and its bound. */
export const OPERATORS = {
  "<=": (value: number, bound: number) => value <= bound,
  ">=": (value: number, bound: number) => value >= bound,
  "==": (value: number, bound: number) => value === bound,
  "!=": (value: number, bound: number) => value !== bound,
  "<": (value: number, bound: number) => value < bound,
  ">": (value: number, bound: number) => value > bound,
} as const;
export type Operator = keyof typeof OPERATORS;

/** A condition on a figure, such as `sched.p99 < 5ms`. */
export interface Limit {
  /** As it was written. */
  readonly text: string;
  readonly path: FigurePath;
  readonly quantity: Quantity;
  readonly operator: Operator;
  /** In the figure's unit: nanoseconds, bytes, a number, or a share from 0 to 1. */
  readonly bound: number;
}

/** A mistake in the text of a limit. */
export class LimitError extends Error {
  override readonly name = "LimitError";

  /**
   * @param text the limit
   * @param at position in it, from 0
   */
  constructor(
    message: string,
    readonly text: string,
    readonly at: number,
  ) {
    super(message);
  }
}

const SPACE = /\s*/y;
const NAME = /[A-Za-z_]\w*(?:-\w+)*/y;
const QUOTED = /"(?:[^"\\]|\\.)*"/y;
const OPERATOR = /[<>=!]=|[<>]/y;
const NUMBER = /^(\d+(?:\.\d*)?|\.\d+)\s*(.*)$/s;
const BYTES: Readonly<Record<string, number>> = {
  B: 1,
  kB: 1e3,
  KB: 1e3,
  MB: 1e6,
  GB: 1e9,
  KiB: 1024,
  MiB: 1024 ** 2,
  GiB: 1024 ** 3,
};
/** The most figures in an error message. */
const SUGGESTIONS = 3;

/**
 * Parses a limit:
 *
 *     limit    = figure operator bound
 *     figure   = NAME { "." NAME | "[" STRING "]" }      STRING as in JSON
 *     operator = "<" | "<=" | ">" | ">=" | "==" | "!="
 *     bound    = a duration as in Go | a number | a number with "%" | a number with a unit of bytes
 *
 * @throws LimitError for a mistake, an unknown figure, or a bound of another quantity
 */
export function parseLimit(text: string): Limit {
  return new LimitParser(text).limit();
}

class LimitParser {
  readonly #text: string;
  #at = 0;

  constructor(text: string) {
    this.#text = text;
  }

  limit(): Limit {
    this.#take(SPACE);
    const start = this.#at;
    const path = this.#path();
    const quantity = quantityOf(path);
    if (quantity === undefined) throw this.#unknown(start);
    this.#take(SPACE);
    const operator = this.#take(OPERATOR) as Operator | undefined;
    if (operator === undefined) throw this.#error("one of < <= > >= == != is expected here");
    this.#take(SPACE);
    const bound = this.#bound(quantity);
    return { text: this.#text.trim(), path, quantity, operator, bound };
  }

  #path(): string[] {
    const first = this.#take(NAME);
    if (first === undefined) throw this.#error("a figure is expected here, such as sched.p99");
    const path = [first];
    for (;;) {
      if (this.#takes(".")) path.push(this.#take(NAME) ?? this.#fail('a name is expected after the "."'));
      else if (this.#takes("[")) path.push(this.#quoted());
      else return path;
    }
  }

  #quoted(): string {
    const start = this.#at;
    const quoted = this.#take(QUOTED) ?? this.#fail('a name in double quotes is expected after the "["');
    if (!this.#takes("]")) throw this.#error('"]" is expected here');
    try {
      return JSON.parse(quoted) as string;
    } catch (error) {
      if (!(error instanceof SyntaxError)) throw error;
      throw this.#error("the name is no string of JSON", start);
    }
  }

  #bound(quantity: Quantity): number {
    const text = this.#text.slice(this.#at).trimEnd();
    if (text === "") throw this.#error(`${EXPECTED[quantity]} is expected here`);
    if (quantity === "duration") return this.#duration(text);
    const [, number = "", unit = ""] =
      NUMBER.exec(text) ?? this.#fail(`${EXPECTED[quantity]} is expected here`);
    const factor = factorOf(quantity, unit);
    if (factor !== undefined) return Number(number) * factor;
    const at = this.#at + text.length - unit.length;
    const wrong = unit === "" ? "the unit is missing" : `"${unit}" is no unit of this figure`;
    throw this.#error(`${wrong}: ${EXPECTED[quantity]} is expected`, at);
  }

  #duration(text: string): number {
    try {
      return parseDuration(text);
    } catch (error) {
      if (!(error instanceof DurationError)) throw error;
      throw this.#error(`"${text}" is not ${EXPECTED.duration}: ${error.message}`);
    }
  }

  #unknown(start: number): LimitError {
    const wanted = this.#text.slice(start, this.#at);
    const similar = mostSimilar(wanted, figureNames(), SUGGESTIONS).map((name) =>
      name.replaceAll('"*"', '"…"'),
    );
    return this.#error(`there is no figure "${wanted}"; similar ones: ${similar.join(", ")}`, start);
  }

  #take(pattern: RegExp): string | undefined {
    pattern.lastIndex = this.#at;
    const [found] = pattern.exec(this.#text) ?? [];
    this.#at += found?.length ?? 0;
    return found;
  }

  #takes(char: string): boolean {
    if (this.#text[this.#at] !== char) return false;
    this.#at++;
    return true;
  }

  #fail(message: string): never {
    throw this.#error(message);
  }

  #error(message: string, at = this.#at): LimitError {
    return new LimitError(message, this.#text, at);
  }
}

const EXPECTED: Readonly<Record<Quantity, string>> = {
  duration: "a duration such as 5ms",
  count: "a number",
  bytes: "a size such as 10MB or 8MiB",
  share: "a share such as 5% or 0.05",
};

/** The factor of a bound's unit; undefined if the quantity has no such unit. */
function factorOf(quantity: Quantity, unit: string): number | undefined {
  if (quantity === "share") return unit === "%" ? 0.01 : unit === "" ? 1 : undefined;
  if (quantity === "bytes") return Object.hasOwn(BYTES, unit) ? BYTES[unit] : undefined;
  return unit === "" ? 1 : undefined;
}
