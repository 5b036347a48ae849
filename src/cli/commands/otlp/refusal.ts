import { expectsTls } from "../../../bytes/expects-tls.js";
import { tlsReason } from "../../../bytes/tls-reason.js";
import { GIVE_CREDENTIALS, withProxyAdvice } from "../../connection/proxy-words.js";
import type { Endpoint } from "./endpoint.js";
import type { Answer } from "./exporter.js";

const GRPC_PORT = "4317";
const VARIABLE = "OTEL_EXPORTER_OTLP_";
const WHO_YOU_ARE = `--cert and --key say who you are (or ${VARIABLE}CLIENT_CERTIFICATE and …_CLIENT_KEY).`;

/** By the system's or Node's code: what happened. */
const NETWORK: Readonly<Record<string, string>> = {
  ECONNREFUSED: "the connection is refused",
  ECONNRESET: "the connection is cut",
  EPIPE: "the connection is cut",
  ENOTFOUND: "there is no such host",
  EAI_AGAIN: "the host's name cannot be looked up now",
  ETIMEDOUT: "nothing answers",
  EHOSTUNREACH: "the host cannot be reached",
  ENETUNREACH: "the network cannot be reached",
};

/** Statuses that every request would get, and what to do about them. */
const ALWAYS: Readonly<Record<number, string>> = {
  301: "Give the URL that it leads to.",
  302: "Give the URL that it leads to.",
  307: "Give the URL that it leads to.",
  308: "Give the URL that it leads to.",
  401: "Give --header 'Authorization: …'.",
  403: "Give --header 'Authorization: …'.",
  404: "Is that the endpoint of OTLP/HTTP? Its port is usually 4318, its path /v1/traces.",
  405: "Is that the endpoint of OTLP/HTTP? Its port is usually 4318, its path /v1/traces.",
  407: GIVE_CREDENTIALS,
  415: "Try the other --protocol.",
};

/** The exporter's message of a request that had no answer in time. */
export const TIMED_OUT = "Request timed out";

/** Characters of what a server says that are shown. */
const SHOWN = 200;

/** What a server says, or the beginning of it. */
export function shownWords(text: string): string {
  return text.length > SHOWN ? `${text.slice(0, SHOWN)}…` : text;
}

/** What happened to a request that was not accepted, in words. */
export function reasonOf({ error, status }: Answer): string {
  if (status !== undefined)
    return `the server answers ${status} ${shownWords(error?.message ?? "")}`.trimEnd();
  const code = codeOf(error);
  if (code !== undefined && NETWORK[code] !== undefined) return NETWORK[code];
  if (isForeign(code)) return "what answers there does not speak HTTP/1.1";
  const message = error?.message ?? "";
  if (message === TIMED_OUT) return "there was no answer in time";
  if (message === "Export failed with retryable status")
    return "the server is busy, and was until the time was over";
  return tlsReason(message) || code || "no reason is given";
}

/** Whether the same would happen to every request. */
export function isFinal(answer: Answer): boolean {
  return answer.status !== undefined && (ALWAYS[answer.status] !== undefined || isPlainAtTls(answer));
}

function isPlainAtTls({ error, status = 0 }: Answer): boolean {
  return expectsTls(status, dataOf(error));
}

/** Whether the server did not get the request, did not answer it, or was too busy to look at it. */
export function isUndelivered({ error, status }: Answer): boolean {
  return error !== undefined && status === undefined;
}

/** Whether the server would take fewer spans at a time. */
export function isTooLarge({ error, status }: Answer): boolean {
  return status === 413 || (status === 400 && /too large/i.test(`${error?.message} ${dataOf(error)}`));
}

/** Whether it cannot be that the server is only slow or busy: a second request would fail too. */
export function isHopeless(answer: Answer): boolean {
  if (answer.error === undefined) return false;
  if (answer.status !== undefined) return isFinal(answer);
  const code = codeOf(answer.error);
  return code !== undefined && code !== "ETIMEDOUT";
}

/** What to do about it. */
export function adviceOn(answer: Answer, { url, proxy }: Endpoint): string | undefined {
  const advice = ownAdvice(answer, url);
  return isTls(codeOf(answer.error)) ? advice : withProxyAdvice(advice, url, proxy, answer.status);
}

/** What to do if there is no proxy that could be the reason. */
function ownAdvice(answer: Answer, url: URL): string | undefined {
  const { status } = answer;
  if (isPlainAtTls(answer)) return "It speaks https://, not http://.";
  const code = codeOf(answer.error);
  if (status !== undefined) return ALWAYS[status];
  if (url.port === GRPC_PORT) return "4317 is the port of OTLP/gRPC; that of OTLP/HTTP is 4318.";
  if (code === "ECONNREFUSED" || code === "ENOTFOUND")
    return "Does a collector or Jaeger run there? --endpoint says where, --dry-run sends nothing.";
  if (url.protocol === "https:" && (code === "ECONNRESET" || code === "EPIPE")) return WHO_YOU_ARE;
  if (isForeign(code) || code === "ECONNRESET")
    return "Is it the port of OTLP/gRPC or of something else, or https:// instead of http://?";
  return isTls(code) ? adviceOnTls(code ?? "") : undefined;
}

function adviceOnTls(code: string): string | undefined {
  if (code === "ERR_TLS_CERT_ALTNAME_INVALID")
    return "--endpoint has to name the server as its certificate does.";
  if (code === "CERT_HAS_EXPIRED" || code === "CERT_NOT_YET_VALID")
    return "Is the clock of this machine right?";
  if (/WRONG_VERSION_NUMBER|EPROTO|PACKET_LENGTH/.test(code)) return "Is it http://, not https://?";
  if (/ALERT|HANDSHAKE/.test(code)) return WHO_YOU_ARE;
  return `--ca FILE (or ${VARIABLE}CERTIFICATE) names who signed the server's certificate.`;
}

function isForeign(code: string | undefined): boolean {
  return code?.startsWith("HPE_") ?? false;
}

function isTls(code: string | undefined): boolean {
  return code !== undefined && /CERT|SSL|TLS|SIGNATURE|EPROTO/.test(code);
}

function codeOf(error: Error | undefined): string | undefined {
  return error !== undefined && "code" in error && typeof error.code === "string" ? error.code : undefined;
}

function dataOf(error: Error | undefined): string {
  return error !== undefined && "data" in error ? String(error.data) : "";
}
