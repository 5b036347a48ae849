/** Stands for standard input or output in place of a file's name. */
export const STDIO = "-";

/**
 * Keeps the process alive when a reader of its output goes away. Without a listener, Node ends the process with a stack trace.
 * Writers of data hear of the error too; a message has nobody left to read it.
 */
export function tolerateClosedPipes(): void {
  for (const stream of [process.stdout, process.stderr]) stream.on("error", () => undefined);
}
