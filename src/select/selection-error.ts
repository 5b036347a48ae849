/** The trace lacks what was selected. The message says what it has instead. */
export class SelectionError extends Error {
  override readonly name = "SelectionError";

  constructor(
    message: string,
    /** What to select instead. */
    readonly advice?: string,
  ) {
    super(message);
  }
}
