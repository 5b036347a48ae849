import { ExitCode } from "./exit-codes.js";

interface FailureOptions extends ErrorOptions {
  readonly exitCode?: ExitCode;
}

/** Ends a command with a message for the user. */
export class Failure extends Error {
  override readonly name = "Failure";
  readonly exitCode: ExitCode;

  /**
   * @param message what is wrong, with the file name
   * @param advice what to do
   */
  constructor(
    message: string,
    readonly advice?: string,
    { exitCode = ExitCode.Failed, ...options }: FailureOptions = {},
  ) {
    super(message, options);
    this.exitCode = exitCode;
  }
}

/** A failure because the command line is wrong. */
export function usageFailure(message: string, advice?: string): Failure {
  return new Failure(message, advice, { exitCode: ExitCode.Usage });
}

/** Turns any error into a failure. An unexpected error is a bug, and its message says so. */
export function failureOf(error: unknown): Failure {
  if (error instanceof Failure) return error;
  if (isSystemError(error)) return new Failure(systemMessage(error), undefined, { cause: error });
  const advice = "This is a bug. Please report it with the output of -v.";
  return new Failure(String(error), advice, { cause: error });
}

/** Whether an error comes from the system, such as "no such file". */
export function isSystemError(error: unknown): error is NodeJS.ErrnoException {
  return error instanceof Error && "code" in error && "syscall" in error;
}

/** The system's message, without the code before it and the path after it. */
export function systemMessage(error: NodeJS.ErrnoException): string {
  return error.message.replace(/^\w+: /, "").replace(/, \w+( '.*')?$/, "");
}
