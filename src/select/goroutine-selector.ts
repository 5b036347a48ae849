/** Which goroutines: one by its id, or those whose start function has a name or matches an expression. */
export type GoroutineSelector =
  | { readonly id: number }
  | { readonly func: string }
  | { readonly pattern: RegExp };

/** What is wrong with the text of a selector. */
export class SelectorError extends Error {
  override readonly name = "SelectorError";
}

/**
 * Parses a selector: digits are an id, `/re/` is a regular expression, all else a start function's whole name.
 * @throws SelectorError
 */
export function parseGoroutineSelector(text: string): GoroutineSelector {
  if (text === "") throw new SelectorError("it is empty");
  if (/^\d+$/.test(text)) return { id: parseId(text) };
  if (!text.startsWith("/")) return { func: text };
  if (text.length < 2 || !text.endsWith("/")) throw new SelectorError("the closing / is missing at its end");
  if (text.length === 2) throw new SelectorError("there is nothing between the slashes");
  return { pattern: parsePattern(text.slice(1, -1)) };
}

/** Which tasks: one by its id, or those of a type. */
export type TaskSelector = { readonly id: number } | { readonly type: string };

/** Parses a selector of tasks: digits are an id, all else a type's whole name. @throws SelectorError */
export function parseTaskSelector(text: string): TaskSelector {
  if (text === "") throw new SelectorError("it is empty");
  return /^\d+$/.test(text) ? { id: parseId(text) } : { type: text };
}

function parseId(text: string): number {
  const id = Number(text);
  if (!Number.isSafeInteger(id)) throw new SelectorError("it is larger than any id");
  return id;
}

function parsePattern(source: string): RegExp {
  try {
    return new RegExp(source);
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    const reason = error.message.split(": ").at(-1) ?? error.message;
    throw new SelectorError(`bad regular expression: ${reason.toLowerCase()}`);
  }
}
