/*
 * Advice about failed requests: one table for captures of programs and for endpoints that receive spans.
 * `bytes/connection-problem.ts` describes what happened.
 */

/** What a request is for. */
export type Purpose = "capture" | "endpoint";
type Advice = Readonly<Partial<Record<Purpose, string>>>;

const same = (advice: string): Advice => ({ capture: advice, endpoint: advice });

const VARIABLE = "OTEL_EXPORTER_OTLP_";
/** Advice if a proxy requires authentication. */
const PROXY_CREDENTIALS = "Put NAME:PASSWORD@ in the URL of the proxy.";
const CREDENTIALS: Advice = {
  capture: "Put NAME:PASSWORD@ in the URL, or give --header 'Authorization: …'.",
  endpoint: "Give --header 'Authorization: …'.",
};
const REDIRECT: Advice = {
  capture:
    "Redirects are not followed, since they could reveal your credentials. Give that URL if you trust it.",
  endpoint: "Give the URL that it redirects to.",
};
const WRONG_PATH: Advice = {
  capture: "Check that the program imports net/http/pprof and that the path is /debug/pprof/trace.",
  endpoint: "Check the address of OTLP/HTTP: the port is usually 4318, the path /v1/traces.",
};
const CLIENT_CERTIFICATE: Advice = {
  capture: "The server may want a client certificate: give --cert and --key.",
  endpoint: `The server may want a client certificate: give --cert and --key (or ${VARIABLE}CLIENT_CERTIFICATE and …_CLIENT_KEY).`,
};
const NOT_RUNNING: Advice = {
  capture: "Check that the program runs and serves net/http/pprof at this address.",
  endpoint:
    "Check that a collector or Jaeger runs there. --endpoint sets the address, --dry-run sends nothing.",
};

/** By HTTP status. If a status has advice for endpoints, an endpoint gives that status to every request. */
const BY_STATUS: Readonly<Record<number, Advice>> = {
  301: REDIRECT,
  302: REDIRECT,
  303: { capture: REDIRECT.capture as string },
  307: REDIRECT,
  308: REDIRECT,
  400: { capture: "Is the server's WriteTimeout shorter than --seconds?" },
  401: CREDENTIALS,
  403: CREDENTIALS,
  404: WRONG_PATH,
  405: { capture: "Try --method POST.", endpoint: WRONG_PATH.endpoint as string },
  407: same(PROXY_CREDENTIALS),
  415: { endpoint: "Try the other --protocol." },
  500: { capture: "If the program is being traced already, try again later." },
};

/** By symptom of the connection. */
const BY_SYMPTOM = {
  "not-running": NOT_RUNNING,
  broken: {
    capture: "Does the server speak https://, not http://? Or did the program end?",
    endpoint:
      "Is it the port of OTLP/gRPC (--protocol grpc) or of something else, or https:// instead of http://?",
  },
  silent: { capture: "--timeout allows longer pauses." },
  "not-http": {
    capture: "Is it https://, or the port of something else?",
    endpoint:
      "Is it the port of OTLP/gRPC (--protocol grpc) or of something else, or https:// instead of http://?",
  },
  "http-at-https": same("The server speaks https://, not http://."),
  "https-at-http": same("Is it http://, not https://?"),
  "client-certificate": CLIENT_CERTIFICATE,
  "certificate-name": {
    capture: "The URL must name the server as its certificate does.",
    endpoint: "--endpoint must name the server as its certificate does.",
  },
  "certificate-time": same("Check the clock of this machine."),
  "certificate-authority": {
    capture: "Give the certificate of its authority with --ca FILE.",
    endpoint: `Give the certificate of its authority with --ca FILE (or ${VARIABLE}CERTIFICATE).`,
  },
  encoding: { capture: "Ask for an uncompressed answer: --header 'Accept-Encoding: identity'." },
} satisfies Readonly<Record<string, Advice>>;

export type Symptom = keyof typeof BY_SYMPTOM;

/** What to do about an HTTP status; undefined if there is no advice. */
export function statusAdvice(purpose: Purpose, status: number): string | undefined {
  return BY_STATUS[status]?.[purpose];
}

/** What to do about a symptom; undefined if there is no advice. */
export function symptomAdvice(purpose: Purpose, symptom: Symptom): string | undefined {
  return (BY_SYMPTOM[symptom] as Advice)[purpose];
}

/** The symptom of a connection that gave no answer. @param code error code of the system or Node */
export function symptomOf(code: string, { protocol }: URL): Symptom {
  if (code.startsWith("HPE_")) return "not-http";
  if (code === "ECONNRESET" || code === "EPIPE")
    return protocol === "https:" ? "client-certificate" : "broken";
  if (!isTlsError(code)) return "not-running";
  if (code === "ERR_TLS_CERT_ALTNAME_INVALID") return "certificate-name";
  if (code === "CERT_HAS_EXPIRED" || code === "CERT_NOT_YET_VALID") return "certificate-time";
  if (/WRONG_VERSION_NUMBER|EPROTO|PACKET_LENGTH/.test(code)) return "https-at-http";
  return /ALERT|HANDSHAKE/.test(code) ? "client-certificate" : "certificate-authority";
}

/** Whether a code is about TLS. */
export function isTlsError(code: string): boolean {
  return /CERT|SSL|TLS|SIGNATURE|EPROTO/.test(code);
}

const PROXY_AUTHENTICATION_REQUIRED = 407;
/** Statuses of a proxy that rejects a request or fails. */
const OF_PROXIES = new Set([403, 502, 503, 504]);

/**
 * Adds advice about the proxy if the proxy may be the cause.
 * @param status of the answer; undefined if there was none
 * @param advice advice if the proxy is not the cause
 */
export function withProxyAdvice(
  advice: string | undefined,
  { hostname }: URL,
  proxy: URL | undefined,
  status: number | undefined,
): string | undefined {
  if (proxy === undefined || status === PROXY_AUTHENTICATION_REQUIRED) return advice;
  if (status !== undefined && !OF_PROXIES.has(status)) return advice;
  const more = `HTTP_PROXY and HTTPS_PROXY name the proxy. NO_PROXY=${hostname} bypasses it.`;
  return advice === undefined ? more : `${advice} ${more}`;
}
