/** Where a trace comes from. */
export interface ByteSource {
  /** For messages: a file's path, "standard input" or a URL. */
  readonly name: string;
  /** Total number of bytes that {@link chunks} will give, if known. */
  readonly size?: number | undefined;
  /**
   * The bytes from the beginning, in chunks of any size. A chunk is valid until the next is asked for.
   */
  chunks(): AsyncIterable<Uint8Array>;
  /**
   * Random access, where the source has it: fills `into` from `offset` on and gives the number of bytes
   * read. Synchronous, since it is used for one batch (at most 64 KiB) at a time in the middle of ordering.
   */
  readonly readAt?: ((offset: number, into: Uint8Array) => number) | undefined;
  /** Releases what the source holds. */
  close?(): Promise<void> | void;
}

/** A source of a trace that is being captured. */
export interface CaptureSource extends ByteSource {
  /** Ends the capture: what has arrived is given, then a TraceError `capture-stopped`. */
  stop(): void;
  /** Gives up what has not been read. Can be called more than once. */
  close(): void;
}

/** A source over chunks that the caller already has or produces. */
export function sourceOf(
  chunks: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
  name = "trace",
): ByteSource {
  return {
    name,
    async *chunks() {
      yield* chunks;
    },
  };
}
