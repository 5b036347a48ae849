import { createHmac } from "node:crypto";
import type { Trace } from "../../order/trace.js";
import { type Anonymizer, anonymousChoice, type ChoiceByName } from "../../select/anonymous-names.js";
import { ANONYMOUS_TITLE, AnonymousTrace } from "../../select/anonymous-trace.js";
import type { CommonOptions } from "../options/common.js";
import type { Naming } from "../options/name-key.js";

/** Letters of a made-up name: two of 100,000 names are the same with a probability of one in 50,000. */
const LETTERS = 12;

/** A trace with made-up names, and its title in outputs. */
export function anonymous(trace: Trace, naming: Naming): { readonly title: string; readonly trace: Trace } {
  return { title: ANONYMOUS_TITLE, trace: new AnonymousTrace(trace, anonymizerOf(naming)) };
}

/** What a person selects, by the names that it has in the trace as it is read. */
export function choiceOf(choice: ChoiceByName, { naming }: CommonOptions): ChoiceByName {
  return naming === undefined ? choice : anonymousChoice(choice, anonymizerOf(naming));
}

function anonymizerOf({ key, ...kept }: Naming): Anonymizer {
  const hash = (text: string) => createHmac("sha256", key).update(text).digest("hex").slice(0, LETTERS);
  return { hash, ...kept };
}
