/**
 * Why a URL gave no trace, by class: the server cannot be reached (`unreachable`), does not answer
 * (`silent`), cannot be trusted or does not trust us (`tls`), does not speak HTTP (`not-http`), redirects
 * (`redirect`), rejects the request (`status`), or uses an unknown compression (`encoding`).
 */
export type RequestErrorCode =
  | "unreachable"
  | "silent"
  | "tls"
  | "not-http"
  | "redirect"
  | "status"
  | "encoding";

/** Facts about an answer that is not a trace. */
export interface RequestErrorFacts extends ErrorOptions {
  /** HTTP status. */
  readonly status?: number;
}

/** An error before the first byte of a trace. Its message contains no credentials. */
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
