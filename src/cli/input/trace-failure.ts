import { TraceError } from "../../base/errors.js";
import { openingMessage } from "../../report/reading-messages.js";
import { SelectionError } from "../../select/selection-error.js";
import { Failure, isSystemError, systemMessage } from "../process/failure.js";

/** Turns an error before the first event into a failure. Other errors stay as they are. */
export function openFailure(error: unknown, name: string): unknown {
  if (isSystemError(error)) {
    return new Failure(`cannot read ${name}: ${systemMessage(error)}`, undefined, { cause: error });
  }
  if (!(error instanceof TraceError)) return error;
  const { text, advice } = openingMessage(name, error);
  return new Failure(text, advice, { cause: error });
}

/** Turns the error of a selection that matches nothing into a failure. Other errors stay as they are. */
export function selectionFailure(error: unknown, name: string): unknown {
  if (!(error instanceof SelectionError)) return error;
  return new Failure(`${name}: ${error.message}`, error.advice, { cause: error });
}
