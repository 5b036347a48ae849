/**
 * Selects goroutines: one by its id, or those whose start function, or the function that it only runs, has a name or matches
 * a regular expression.
 */
export type GoroutineSelector =
  | { readonly id: number }
  | { readonly func: string }
  | { readonly pattern: RegExp };

/** An invalid selector. */
export class SelectorError extends Error {
  override readonly name = "SelectorError";
}

/**
 * Parses a selector. Digits are an id, `/re/` is a regular expression, anything else is the name of a
 * function, in full or with its package's name instead of its path.
 * @throws SelectorError
 */
export function parseGoroutineSelector(text: string): GoroutineSelector {
  if (text === "") throw new SelectorError("it is empty");
  if (/^\d+$/.test(text)) return { id: parseId(text) };
  if (!text.startsWith("/")) return { func: text };
  if (text.length < 2 || !text.endsWith("/")) throw new SelectorError("it has no closing / at its end");
  if (text.length === 2) throw new SelectorError("it has nothing between the slashes");
  return { pattern: parsePattern(text.slice(1, -1)) };
}

/** Selects tasks: one by its id, or those of a type. */
export type TaskSelector = { readonly id: number } | { readonly type: string };

/**
 * Parses a task selector. Digits are an id, anything else is the full name of a type.
 * @throws SelectorError
 */
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
    throw new SelectorError(`it is a bad regular expression: ${reason.toLowerCase()}`);
  }
}
