/** What was asked for is not in the trace. The message says what there is instead. */
export class SelectionError extends Error {
  override readonly name = "SelectionError";

  constructor(
    message: string,
    /** What could be asked for. */
    readonly advice?: string,
  ) {
    super(message);
  }
}
