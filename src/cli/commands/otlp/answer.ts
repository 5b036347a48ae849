import { connectionProblem, expectsTls } from "../../../bytes/connection-problem.js";
import {
  isTlsError,
  statusAdvice,
  symptomAdvice,
  symptomOf,
  withProxyAdvice,
} from "../../connection/errors.js";
import { NOT_HTTP2 } from "./connection-error.js";
import type { Endpoint } from "./endpoint.js";

/** The HTTP status of an answer to a request that is too large. */
export const TOO_LARGE = 413;

/** The HTTP status that means the same as UNIMPLEMENTED. */
const NOT_FOUND = 404;
const GRPC_PORT = "4317";
const WHICH_PORT = "4317 is usually the port of OTLP/gRPC, 4318 of OTLP/HTTP (--protocol http/protobuf).";

/** The answer to a request, or its error. */
export interface Answer {
  /** Undefined if the server accepted the request, at least in part. */
  readonly error?: Error;
  /** HTTP status of an answer that rejects the request; of gRPC the one with the same meaning. */
  readonly status?: number;
  /** Name of the gRPC status. */
  readonly grpc?: string;
  /** Spans of an accepted request that the server rejected. The server may send any number. */
  readonly rejected?: number;
  /** The server's message about an accepted request, or what is wrong with its answer. */
  readonly remark?: string;
}

/** The exporter's messages for a request that timed out, and for a server that is busy until then. */
export const TIMED_OUT = "Request timed out";
export const BUSY = "Export failed with retryable status";

/** The most characters of a server's message to show. */
const SHOWN = 200;

/** The beginning of a server's message. */
export function shownWords(text: string): string {
  return text.length > SHOWN ? `${text.slice(0, SHOWN)}…` : text;
}

/** Why a request was not accepted. */
export function reasonOf({ error, status, grpc }: Answer): string {
  if (status !== undefined)
    return `the server answers ${grpc ?? status} ${shownWords(error?.message ?? "")}`.trimEnd();
  const message = error?.message ?? "";
  if (message === TIMED_OUT) return "there was no answer in time";
  if (message === BUSY) return "the server was busy until the timeout";
  return connectionProblem({ code: codeOf(error), message }).words || "no reason is given";
}

/** Whether every request would get this answer. */
export function isFinal(answer: Answer): boolean {
  const { status } = answer;
  return status !== undefined && (statusAdvice("endpoint", status) !== undefined || isPlainAtTls(answer));
}

function isPlainAtTls({ error, status = 0 }: Answer): boolean {
  return expectsTls(status, dataOf(error));
}

/** Whether the server did not get the request, did not answer, or was too busy. */
export function isUndelivered({ error, status }: Answer): boolean {
  return error !== undefined && status === undefined;
}

/** Whether the server would accept fewer spans at a time. */
export function isTooLarge({ error, status }: Answer): boolean {
  return status === TOO_LARGE || (status === 400 && /too large/i.test(`${error?.message} ${dataOf(error)}`));
}

/** Whether a second request would fail too, because the server is not just slow or busy. */
export function isHopeless(answer: Answer): boolean {
  if (answer.error === undefined) return false;
  if (answer.status !== undefined) return isFinal(answer);
  const code = codeOf(answer.error);
  return code !== undefined && code !== "ETIMEDOUT";
}

/** Advice about a request that was not accepted. */
export function answerAdvice(answer: Answer, endpoint: Endpoint): string | undefined {
  const { url, proxy } = endpoint;
  const advice = ownAdvice(answer, endpoint);
  return isTlsError(codeOf(answer.error) ?? "") ? advice : withProxyAdvice(advice, url, proxy, answer.status);
}

/** Advice if no proxy is the cause. */
function ownAdvice(answer: Answer, { url, protocol }: Endpoint): string | undefined {
  const code = codeOf(answer.error);
  if (isPlainAtTls(answer)) return symptomAdvice("endpoint", "http-at-https");
  if (protocol === "grpc" && (answer.status === NOT_FOUND || code === NOT_HTTP2)) return WHICH_PORT;
  if (answer.status !== undefined) return statusAdvice("endpoint", answer.status);
  if (protocol !== "grpc" && url.port === GRPC_PORT)
    return "4317 is the port of OTLP/gRPC: give --protocol grpc. OTLP/HTTP is usually at port 4318.";
  return code === undefined ? undefined : symptomAdvice("endpoint", symptomOf(code, url));
}

/** The error code of the system or Node. */
function codeOf(error: Error | undefined): string | undefined {
  return error !== undefined && "code" in error && typeof error.code === "string" ? error.code : undefined;
}

function dataOf(error: Error | undefined): string {
  return error !== undefined && "data" in error ? String(error.data) : "";
}
