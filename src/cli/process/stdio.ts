/** What stands for standard input and output. */
export const STDIO = "-";
