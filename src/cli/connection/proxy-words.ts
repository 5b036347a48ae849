import { urlName } from "../../bytes/url-name.js";

const PROXY_AUTHENTICATION_REQUIRED = 407;
/** What to do about that. */
export const GIVE_CREDENTIALS = "Give NAME:PASSWORD@ in the URL of the proxy.";
/** Statuses with which proxies refuse to lead somewhere, or fail to. */
const OF_PROXIES = new Set([403, 502, 503, 504]);

/** How something was asked, for messages: without credentials. Empty without a proxy. */
export function through(proxy: URL | undefined): string {
  return proxy === undefined ? "" : ` through the proxy ${urlName(proxy).replace(/\/$/, "")}`;
}

/**
 * What to do about a failure, if a proxy may be what failed.
 * @param status of the answer; undefined if there was none
 * @param advice what to do if it was not the proxy
 */
export function withProxyAdvice(
  advice: string | undefined,
  { hostname }: URL,
  proxy: URL | undefined,
  status: number | undefined,
): string | undefined {
  if (proxy === undefined) return advice;
  if (status === PROXY_AUTHENTICATION_REQUIRED) return GIVE_CREDENTIALS;
  if (status !== undefined && !OF_PROXIES.has(status)) return advice;
  const more = `HTTP_PROXY and HTTPS_PROXY name proxies; NO_PROXY=${hostname} does without one.`;
  return advice === undefined ? more : `${advice} ${more}`;
}
