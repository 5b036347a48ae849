/** One frame of a stack. */
export interface StackFrame {
  /** Program counter: the return address for callers, the sampled one for the innermost frame. */
  readonly pc: bigint;
  readonly func: string;
  readonly file: string;
  readonly line: number;
}

/**
 * The strings of one generation. Events refer to them by index; 0 is the empty string. An index is valid only
 * together with its generation.
 */
export interface StringTable {
  /** Number of indices. */
  readonly length: number;
  /** The text at an index. A byte that is not UTF-8 appears as `\x9a`. */
  text(index: number): string;
  /** The bytes of the text at an index as stored, if the table has them. */
  bytes?(index: number): Uint8Array | undefined;
}

/**
 * The stacks of one generation. Events refer to them by index; 0 is "no stack". An index is valid only
 * together with its generation.
 */
export interface StackTable {
  /** Number of indices. */
  readonly length: number;
  /**
   * Frames from the innermost to the outermost; empty for index 0. The same index returns the same array.
   */
  frames(index: number): readonly StackFrame[];
  /** The name of a goroutine with this stack ({@link startFunction}), or "". */
  startFunction(index: number): string;
}
