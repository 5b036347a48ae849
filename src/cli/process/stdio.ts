/** Stands for standard input or output in place of a file name. */
export const STDIO = "-";

/**
 * Keeps the process alive when a reader of its output disconnects. Without a listener, Node ends the process
 * with a stack trace. Writers of data receive the error too; a message has no reader left.
 */
export function tolerateClosedPipes(): void {
  for (const stream of [process.stdout, process.stderr]) stream.on("error", () => undefined);
}
