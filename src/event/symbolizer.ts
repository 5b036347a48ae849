/** What stands at an address of a program. */
export interface SourceLine {
  readonly func: string;
  readonly file: string;
  readonly line: number;
}

/**
 * Knows a program's symbols, for traces that hold only addresses (those of Go 1.5 and 1.6).
 */
export interface Symbolizer {
  /**
   * Says what stands at addresses.
   * @param addresses distinct addresses of instructions: of a call its own, not the one that it returns to
   * @returns what stands there, by address; what the program does not have is left out
   * @throws Error if the symbols cannot be had
   */
  resolve(addresses: readonly bigint[]): Promise<ReadonlyMap<bigint, SourceLine>>;
}
