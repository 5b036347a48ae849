import { checkLimits, type Verdict } from "../../../figures/check.js";
import type { Limit } from "../../../figures/limit.js";
import { valueText } from "../../../report/verdict-lines.js";
import { Failure } from "../../process/failure.js";
import { Messages } from "../../process/messages.js";
import { readFigures } from "../check/read-figures.js";

/** Whether a trace is kept, with the limits that say so and their figures. */
export interface Judgement {
  readonly isKept: boolean;
  /** The limits that hold, or all if none does. */
  readonly reason: string;
}

/** Decides by its figures whether a trace is kept. */
export class Judge {
  readonly #limits: readonly Limit[];
  readonly #messages: Messages;
  /** Limits with a name that is probably mistyped, of which a warning was given. */
  readonly #warned = new Set<Limit>();

  /** @param limits any of which is enough */
  constructor(limits: readonly Limit[], messages: Messages) {
    this.#limits = limits;
    this.#messages = messages;
  }

  /** @param path of the trace */
  async judge(path: string): Promise<Judgement> {
    // What a trace lacks is told of the capture, and again when the file is read.
    const silent = new Messages({}, () => undefined);
    try {
      const figures = await readFigures(path, 0, this.#limits, { progress: false }, silent);
      const verdicts = checkLimits(figures, this.#limits);
      for (const verdict of verdicts) this.#warnOfMissing(verdict);
      const holding = verdicts.filter(({ holds }) => holds);
      const told = holding.length > 0 ? holding : verdicts;
      const reason = told.map((verdict) => `${verdict.limit.text}: ${valueText(verdict)}`).join(", ");
      return { isKept: holding.length > 0, reason };
    } catch (error) {
      if (!(error instanceof Failure)) throw error;
      return { isKept: false, reason: error.message.replaceAll(path, "the trace") };
    }
  }

  #warnOfMissing({ limit, missing }: Verdict): void {
    if (missing === undefined || this.#warned.has(limit)) return;
    this.#warned.add(limit);
    const { what, name, similar } = missing;
    const advice = similar.length === 0 ? undefined : `Similar ones: ${similar.join(", ")}.`;
    this.#messages.warning(`--when ${limit.text}: the trace has no ${what} "${name}"`, advice);
  }
}
