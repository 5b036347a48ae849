/**
 * Why a URL gave no trace at all, by class: the server cannot be reached (`unreachable`), is silent (`silent`), cannot
 * be trusted or does not trust us (`tls`), does not speak HTTP (`not-http`), points elsewhere (`redirect`), refuses
 * (`status`), or sends a compression that is not known (`encoding`).
 */
export type RequestErrorCode =
  | "unreachable"
  | "silent"
  | "tls"
  | "not-http"
  | "redirect"
  | "status"
  | "encoding";

/** What is known of an answer that is no trace. */
export interface RequestErrorFacts extends ErrorOptions {
  /** HTTP status. */
  readonly status?: number;
}

/** An error before the first byte of a trace. Its message names no credentials. */
export class RequestError extends Error {
  override readonly name = "RequestError";
  readonly status: number | undefined;

  constructor(
    readonly code: RequestErrorCode,
    message: string,
    { status, ...options }: RequestErrorFacts = {},
  ) {
    super(message, options);
    this.status = status;
  }
}
