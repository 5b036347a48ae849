import { systemMessage } from "../input/input.js";
import { Failure, isSystemError } from "./failure.js";

/** Any error as one with a message for people. */
export function failureOf(error: unknown): Failure {
  if (error instanceof Failure) return error;
  if (isSystemError(error)) return new Failure(systemMessage(error), undefined, { cause: error });
  const advice = "This is a bug worth reporting, with what -v prints.";
  return new Failure(String(error), advice, { cause: error });
}
