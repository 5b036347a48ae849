import type { StateChoice } from "../../../sink/otlp/options.js";
import type { CommonOptions } from "../../options/common.js";
import type { SelectionOptions } from "../../options/selection.js";

export const PROTOCOLS = ["grpc", "http/json", "http/protobuf"] as const;
export type Protocol = (typeof PROTOCOLS)[number];
export const COMPRESSIONS = ["gzip", "none"] as const;
export type Compression = (typeof COMPRESSIONS)[number];

/** When the trace began: nanoseconds since 1970, or the source of that time. */
export type StartTime = bigint | "mtime" | "now";

/** The options of `otlp`. */
export interface OtlpOptions extends CommonOptions, SelectionOptions {
  readonly endpoint?: string;
  readonly protocol?: Protocol;
  /** `NAME: VALUE` entries. */
  readonly header?: readonly string[];
  readonly compression?: Compression;
  /** In nanoseconds. */
  readonly timeout?: number;
  readonly serviceName?: string;
  readonly resourceAttribute?: Readonly<Record<string, string>>;
  readonly states: StateChoice;
  /** In nanoseconds. */
  readonly minBlock?: number;
  readonly maxSpansPerTrace?: number;
  readonly maxRequestBytes?: number;
  readonly startTime?: StartTime;
  readonly onlyLinked?: boolean;
  readonly dryRun?: boolean;
  readonly output?: string;
  readonly ui?: string;
}
