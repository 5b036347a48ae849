/** The source line at an address of a program. */
export interface SourceLine {
  readonly func: string;
  readonly file: string;
  readonly line: number;
}

/** Resolves a program's symbols, for traces that hold only addresses (those of Go 1.5 and 1.6). */
export interface Symbolizer {
  /**
   * Resolves addresses.
   * @param addresses distinct addresses of instructions; for a call, its own address instead of the return
   *   address
   * @returns source lines by address, without addresses unknown to the program
   * @throws Error if the symbols are unavailable
   */
  resolve(addresses: readonly bigint[]): Promise<ReadonlyMap<bigint, SourceLine>>;
}
