/** What the command's exit code says. Where several apply, the first of 2, 1, 4, 3 wins. */
export const ExitCode = {
  Done: 0,
  Failed: 1,
  Usage: 2,
  /** Done, but part of the input was lost. */
  Incomplete: 3,
  /** A limit that was asserted is exceeded. */
  Exceeded: 4,
  /** Stopped by Ctrl-C, after what could be kept was. */
  Interrupted: 130,
} as const;
export type ExitCode = (typeof ExitCode)[keyof typeof ExitCode];

const GRAVEST_FIRST = [ExitCode.Usage, ExitCode.Failed, ExitCode.Exceeded, ExitCode.Incomplete] as const;

/** The code of a command of which several apply. */
export function gravest(codes: readonly ExitCode[]): ExitCode {
  return GRAVEST_FIRST.find((code) => codes.includes(code)) ?? ExitCode.Done;
}
