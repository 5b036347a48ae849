/** An end of the benchmark that its user has to read: a missing tool, a command that failed, a wrong count. */
export class BenchFailure extends Error {}
