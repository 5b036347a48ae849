/** The exit codes. If several apply, the first of 2, 1, 4, 3 is used. */
export const ExitCode = {
  Done: 0,
  Failed: 1,
  Usage: 2,
  /** Done, but part of the input was lost. */
  Incomplete: 3,
  /** A limit of `--assert` is exceeded. */
  Exceeded: 4,
  /** Ctrl-C ended the command. Usable output is kept. */
  Interrupted: 130,
} as const;
export type ExitCode = (typeof ExitCode)[keyof typeof ExitCode];

const GRAVEST_FIRST = [ExitCode.Usage, ExitCode.Failed, ExitCode.Exceeded, ExitCode.Incomplete] as const;

/** The exit code of a command if several apply. */
export function gravest(codes: readonly ExitCode[]): ExitCode {
  return GRAVEST_FIRST.find((code) => codes.includes(code)) ?? ExitCode.Done;
}
