/** The source of a trace's bytes. */
export interface ByteSource {
  /** For messages: a file's path, "standard input" or a URL. */
  readonly name: string;
  /** Total number of bytes in {@link chunks}, if known. */
  readonly size?: number | undefined;
  /**
   * The bytes from the beginning, in chunks of any size. A chunk is valid until the next one is requested.
   */
  chunks(): AsyncIterable<Uint8Array>;
  /**
   * Random access, if the source has it. Fills `into` from `offset` on and returns the number of bytes read.
   * Synchronous, because ordering uses it for one batch (at most 64 KiB) at a time.
   */
  readonly readAt?: ((offset: number, into: Uint8Array) => number) | undefined;
  /** Releases the resources of the source. */
  close?(): Promise<void> | void;
}

/** The source of a trace that is being captured. */
export interface CaptureSource extends ByteSource {
  /** Ends the capture. The source yields what has arrived, then throws a TraceError `capture-stopped`. */
  stop(): void;
  /** Discards unread bytes. It may be called more than once. */
  close(): void;
}

/** A source over chunks that the caller has or produces. */
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
