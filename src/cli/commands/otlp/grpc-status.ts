import { TOO_LARGE } from "./answer.js";
import { retryDelay } from "./retry-info.js";

/** A gRPC status. */
interface GrpcStatus {
  readonly name: string;
  /** The HTTP status with the same meaning. */
  readonly http: number;
  /** Whether OTLP lets a client send the request again. */
  readonly isTransient?: boolean;
}

export const DEADLINE_EXCEEDED = 4;
const RESOURCE_EXHAUSTED = 8;
const OUT_OF_RANGE = 11;
export const UNAVAILABLE = 14;

/** By number. */
const STATUSES: Readonly<Record<number, GrpcStatus>> = {
  1: { name: "CANCELLED", http: 499, isTransient: true },
  2: { name: "UNKNOWN", http: 500 },
  3: { name: "INVALID_ARGUMENT", http: 400 },
  [DEADLINE_EXCEEDED]: { name: "DEADLINE_EXCEEDED", http: 504, isTransient: true },
  5: { name: "NOT_FOUND", http: 404 },
  6: { name: "ALREADY_EXISTS", http: 409 },
  7: { name: "PERMISSION_DENIED", http: 403 },
  [RESOURCE_EXHAUSTED]: { name: "RESOURCE_EXHAUSTED", http: 429 },
  9: { name: "FAILED_PRECONDITION", http: 400 },
  10: { name: "ABORTED", http: 409, isTransient: true },
  [OUT_OF_RANGE]: { name: "OUT_OF_RANGE", http: 400, isTransient: true },
  12: { name: "UNIMPLEMENTED", http: 404 },
  13: { name: "INTERNAL", http: 500 },
  [UNAVAILABLE]: { name: "UNAVAILABLE", http: 503, isTransient: true },
  15: { name: "DATA_LOSS", http: 500, isTransient: true },
  16: { name: "UNAUTHENTICATED", http: 401 },
};

/** What servers in Go, Java, C++ and Rust say of a message that is too large. */
const SAYS_TOO_LARGE = /larger than max|exceeds maximum size|too large/i;

/** The answer of a gRPC server that does not accept a request. */
export class GrpcRejection extends Error {
  override readonly name = "GrpcRejection";
  /** The HTTP status with the same meaning. */
  readonly code: number;
  /** The name of the gRPC status. */
  readonly grpc: string;
  /** Whether the request may be sent again. */
  readonly isTransient: boolean;
  /** Milliseconds to wait before that, if the server says so. */
  readonly pause: number | undefined;

  /** @param details bytes of a `google.rpc.Status`, if the server sent them */
  constructor(status: number, message: string, details: Uint8Array | undefined) {
    super(message);
    const { name, http, isTransient = false } = STATUSES[status] ?? { name: `status ${status}`, http: 500 };
    const isAboutSize = status === RESOURCE_EXHAUSTED || status === OUT_OF_RANGE;
    const isTooLarge = isAboutSize && SAYS_TOO_LARGE.test(message);
    this.grpc = name;
    this.code = isTooLarge ? TOO_LARGE : http;
    this.pause = details === undefined ? undefined : retryDelay(details);
    // A resource that is exhausted comes back only if the server says when.
    const comesBack = status === RESOURCE_EXHAUSTED && this.pause !== undefined;
    this.isTransient = !isTooLarge && (isTransient || comesBack);
  }
}
