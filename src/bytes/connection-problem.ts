import type { RequestErrorCode } from "./request-error.js";

/** Why a connection failed. */
export interface ConnectionProblem {
  readonly kind: RequestErrorCode;
  /** For display. */
  readonly words: string;
}

/** What happened, by error code of the system or Node. */
const WORDS: Readonly<Record<string, string>> = {
  ECONNREFUSED: "the connection is refused",
  ECONNRESET: "the connection broke before an answer",
  EPIPE: "the connection broke before an answer",
  ENOTFOUND: "no such host",
  EAI_AGAIN: "the name of the host cannot be looked up now",
  EHOSTUNREACH: "the host cannot be reached",
  ENETUNREACH: "the network cannot be reached",
  ETIMEDOUT: "the connection timed out",
};

/** The answer of HTTPS servers of Go, nginx and Apache to a plain HTTP request. */
const HTTP_AT_HTTPS = /HTTP (request )?to an? HTTPS (server|port)|HTTP request was sent to HTTPS/i;

/** Explains a connection error. An unknown error keeps its own message. */
export function connectionProblem({
  code = "",
  message,
}: Pick<NodeJS.ErrnoException, "code" | "message">): ConnectionProblem {
  const words = WORDS[code];
  if (words !== undefined) return { kind: "unreachable", words };
  if (code.startsWith("HPE_")) return { kind: "not-http", words: `the answer is not HTTP/1.1: ${message}` };
  const isTls = /^(EPROTO|ERR_(SSL|TLS|OSSL))|CERT|SIGNATURE/.test(code);
  return { kind: isTls ? "tls" : "unreachable", words: tlsReason(message) || code };
}

/** Whether an HTTPS server answers that it received a plain HTTP request. */
export function expectsTls(status: number, text: string): boolean {
  return status === 400 && HTTP_AT_HTTPS.test(text);
}

/** OpenSSL's reason in an error message, without codes and places. Other messages are unchanged. */
function tlsReason(message: string): string {
  const [, reason] = /error:[\dA-F]+:[^:]*:[^:]*:([^:]+)/.exec(message) ?? [];
  return reason?.trim() || message;
}
