/**
 * What is found wrong: an error that is thrown where none may be; a process that dies or does not come to an end; more
 * time or memory than the input is worth; output that its own reader does not take; events that are missing though nothing
 * says so.
 */
export const FINDING_KINDS = ["crash", "hang", "slow", "memory", "invalid", "silent"] as const;
export type FindingKind = (typeof FINDING_KINDS)[number];

export interface Finding {
  readonly kind: FindingKind;
  /** What was made of the input: the name of a target. */
  readonly target: string;
  readonly message: string;
}

/** What findings of the same cause have in common: those that differ in numbers only are one. */
export function signatureOf({ kind, target, message }: Finding): string {
  const text = message.replace(/"(?:[^"\\]|\\.)*"/g, '"…"').replace(/[-\d.]*\d(?:e\+\d+)?/g, "0");
  return `${kind} ${target}: ${text.slice(0, 200)}`;
}

/** An error as a message: with the place in our sources where it was thrown. */
export function crashMessage(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const frame = error.stack?.split("\n").find((line) => /^\s+at /.test(line)) ?? "";
  const at = /at (?:async )?([\w$.#<>]+)/.exec(frame)?.[1] ?? "?";
  return `${error.name}: ${error.message.split("\n")[0]} (in ${at})`;
}
