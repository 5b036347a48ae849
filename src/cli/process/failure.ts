import { ExitCode } from "./exit-codes.js";

interface FailureOptions extends ErrorOptions {
  readonly exitCode?: ExitCode;
}

/** Ends a command with a message for people. */
export class Failure extends Error {
  override readonly name = "Failure";
  readonly exitCode: ExitCode;

  /**
   * @param message what was wrong, with the name of the file
   * @param advice what to do about it
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

/** Whether an error is the system's, such as "no such file". */
export function isSystemError(error: unknown): error is NodeJS.ErrnoException {
  return error instanceof Error && "code" in error && "syscall" in error;
}
