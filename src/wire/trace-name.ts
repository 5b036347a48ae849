const TRACE_NAME = /\.(trace|gotrace)(\.gz)?$/;

/** Whether a file has the name of a trace. What is in it is another question. */
export function isTraceName(name: string): boolean {
  return TRACE_NAME.test(name);
}
